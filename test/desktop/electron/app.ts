/** `app`: the life of the program, and the lock that lets only one of them run per folder. */
import { EventEmitter } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import type { App as ElectronApp } from 'electron'
import { CancellableEvent } from './cancellable-event.ts'
import { given } from './given.ts'

type Used =
  | 'enableSandbox'
  | 'getAppPath'
  | 'getLocale'
  | 'getPath'
  | 'isPackaged'
  | 'quit'
  | 'requestSingleInstanceLock'
  | 'setPath'
  | 'showAboutPanel'
  | 'whenReady'

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

class App extends EventEmitter implements Pick<ElectronApp, Used> {
  readonly isPackaged = false
  sandboxEnabled = false
  aboutShown = 0
  /** Closes every window; set by the windows themselves. */
  closeWindows: () => Promise<void> = () => Promise.resolve()
  #userData = given.userData
  #told: Promise<void> = Promise.resolve()
  #leaving = false

  whenReady(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(resolve)
    })
  }

  enableSandbox(): void {
    this.sandboxEnabled = true
  }

  getAppPath(): string {
    return given.appPath
  }

  getLocale(): string {
    return given.locale
  }

  getPath(_name: string): string {
    return this.#userData
  }

  setPath(_name: string, path: string): void {
    this.#userData = path
  }

  showAboutPanel(): void {
    this.aboutShown += 1
  }

  requestSingleInstanceLock(): boolean {
    mkdirSync(this.#userData, { recursive: true })
    const lock = join(this.#userData, 'lock')
    const door = join(this.#userData, 'door')
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
    } catch {
      if (isAlive(Number(readFileSync(lock, 'utf8')))) {
        this.#told = new Promise((resolve) => {
          const socket = connect(door, () => socket.end(JSON.stringify(process.argv)))
          socket.on('close', () => resolve())
        })
        return false
      }
      writeFileSync(lock, String(process.pid))
    }
    rmSync(door, { force: true })
    const server = createServer((socket) => {
      socket.on('data', (argv) =>
        this.emit('second-instance', new Event('x'), JSON.parse(argv.toString()), ''),
      )
    })
    server.listen(door).unref()
    process.on('exit', () => rmSync(lock, { force: true }))
    return true
  }

  quit(): void {
    if (this.#leaving) return
    const event = new CancellableEvent()
    this.emit('before-quit', event)
    if (event.defaultPrevented) return
    this.#leaving = true
    void this.#leave()
  }

  async #leave(): Promise<void> {
    await this.#told
    await this.closeWindows()
    this.emit('will-quit', new CancellableEvent())
    process.exit(0)
  }
}

export const app = new App()
