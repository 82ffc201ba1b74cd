/** Starts the built desktop program on the stand-in for Electron, and lets a test act in it as a person would. */
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../../scripts/built.ts'
import type { Verbs } from './electron/remote.ts'

/** ms that a test waits for something to come true. */
const PATIENCE = 60_000

const REGISTER = new URL('electron/register.ts', import.meta.url).href

type Answer = { readonly id: number; readonly value?: unknown; readonly error?: string }

type Reply<Verb extends keyof Verbs> = Promise<Awaited<ReturnType<Verbs[Verb]>>>

export type Program = {
  readonly dataFolder: string
  readonly ask: <Verb extends keyof Verbs>(verb: Verb, ...args: Parameters<Verbs[Verb]>) => Reply<Verb>
  /** Resolves with the exit code once the program is gone. */
  readonly exited: Promise<number | null>
  /** What it and its node wrote on the terminal so far. */
  readonly output: () => string
}

export type ProgramOptions = {
  readonly dataFolder: string
  readonly locale?: string
  /** Environment for the node's process. */
  readonly env?: Readonly<Record<string, string>>
}

function callsTo(child: ChildProcess): (verb: string, args: readonly unknown[]) => Promise<unknown> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let last = 0
  child.on('message', (message) => {
    const { id, value, error } = message as Answer
    const call = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) call?.resolve(value)
    else call?.reject(new Error(error))
  })
  child.on('exit', () => waiting.forEach((call) => call.reject(new Error('The program is gone'))))
  return (verb, args) => {
    last += 1
    const call = Promise.withResolvers<unknown>()
    waiting.set(last, call)
    child.send({ id: last, verb, args })
    return call.promise
  }
}

const started = new Set<{ child: ChildProcess; exited: Promise<number | null> }>()

export function startProgram({ dataFolder, locale = 'en-GB', env = {} }: ProgramOptions): Program {
  const child = fork(join(ROOT, 'out', 'main', 'index.js'), ['--data', dataFolder], {
    execArgv: ['--import', REGISTER],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      ...env,
      STAND_IN_APP_PATH: ROOT,
      STAND_IN_USER_DATA: join(dataFolder, '..', 'user-data'),
      STAND_IN_LOCALE: locale,
    },
  })
  let output = ''
  const keep = (chunk: Buffer): void => {
    output += chunk.toString()
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const exited = new Promise<number | null>((resolve) => {
    child.on('exit', (code) => resolve(code))
  })
  started.add({ child, exited })
  const call = callsTo(child)
  return {
    dataFolder,
    exited,
    output: () => output,
    ask: <Verb extends keyof Verbs>(verb: Verb, ...args: Parameters<Verbs[Verb]>) =>
      call(verb, args) as Reply<Verb>,
  }
}

/** Ends what still runs, first by asking. */
export async function stopPrograms(): Promise<void> {
  for (const { child, exited } of started) {
    if (child.exitCode === null && child.connected) child.send({ id: 0, verb: 'quit', args: [] })
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await exited
    clearTimeout(timer)
  }
  started.clear()
}

const folders: string[] = []

/** A folder of its own for a data folder, which the program makes. */
export function newDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tallydesk-desktop-'))
  folders.push(folder)
  return join(folder, 'data')
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** Asks until the answer is what is wanted; what came last stands in the error. */
export async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + PATIENCE
  let last = 'unanswered'
  while (performance.now() < deadline) {
    try {
      const answer = await ask()
      if (wanted(answer)) return answer
      last = JSON.stringify(answer)
    } catch (error) {
      last = String(error)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`It stayed: ${last}`)
}
