/** Real nodes whose every change of a file is recorded: the program as it ships, under recorder.c. */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runNode, type NodeProcess, type Surroundings } from '../support/node-process.ts'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Compiles the recorder with the system's own compiler into a folder. */
export function compileRecorder(folder: string): string {
  const library = join(folder, 'recorder.so')
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, here('recorder.c'), '-ldl', '-lpthread'])
  return library
}

/** One device through all its lives: its folder, and the record of it. */
export class Recorded {
  /** The data folder stands in it, to be made by the node, and the marks beside it. */
  readonly root: string
  readonly trace: string
  readonly #surroundings: Surroundings

  /** `more`: what else is loaded before the node. */
  constructor(library: string, scratch: string, name: string, more: readonly string[] = []) {
    this.root = join(scratch, name)
    this.trace = join(scratch, `${name}.trace`)
    mkdirSync(this.root)
    this.#surroundings = {
      node: ['marks.ts', ...more].flatMap((module) => ['--import', here(module)]),
      env: { LD_PRELOAD: library, TALLYDESK_TRACE: this.trace, TALLYDESK_TRACE_ROOT: this.root },
    }
  }

  get data(): string {
    return join(this.root, DATA)
  }

  run(...args: readonly string[]): Promise<NodeProcess> {
    return runNode(this.data, ['--no-mdns', ...args], this.#surroundings)
  }
}

export const DATA = 'data'
