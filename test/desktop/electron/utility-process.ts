/** `utilityProcess`: a real child process with Node and a channel to its parent. */
import { fork, type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import type { ForkOptions, UtilityProcess } from 'electron'

const PARENT_PORT = new URL('parent-port.ts', import.meta.url).href

/** Those that run, oldest first. */
export const running: Child[] = []

class Child extends EventEmitter implements Pick<UtilityProcess, 'kill' | 'postMessage' | 'pid'> {
  readonly #child: ChildProcess

  constructor(program: string, args: readonly string[]) {
    super()
    this.#child = fork(program, args, {
      execArgv: ['--import', PARENT_PORT],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    running.push(this)
    this.#child.on('message', (message) => this.emit('message', message))
    this.#child.on('exit', (code) => {
      running.splice(running.indexOf(this), 1)
      this.emit('exit', code ?? 1)
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send(structuredClone(message) as object)
  }

  kill(): boolean {
    return this.#child.kill('SIGTERM')
  }
}

export const utilityProcess = {
  fork(program: string, args: string[] = [], _options: ForkOptions = {}): Child {
    return new Child(program, args)
  },
}
