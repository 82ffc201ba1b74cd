/** `BrowserWindow`: a page of its own, with the state of a window that a test can look at. */
import { EventEmitter } from 'node:events'
import type { BrowserWindow as ElectronWindow, BrowserWindowConstructorOptions } from 'electron'
import { app } from './app.ts'
import { CancellableEvent } from './cancellable-event.ts'
import { closeBrowser, session } from './session.ts'
import { Contents } from './web-contents.ts'

type Used = 'close' | 'focus' | 'isDestroyed' | 'isMinimized' | 'loadURL' | 'minimize' | 'restore' | 'show'

/** Those that are open, oldest first. */
export const windows: BrowserWindow[] = []

export class BrowserWindow extends EventEmitter implements Pick<ElectronWindow, Used> {
  readonly webContents: Contents
  readonly options: BrowserWindowConstructorOptions
  shown = false
  minimized = false
  /** How often it was brought to the front. */
  focused = 0
  #destroyed = false

  constructor(options: BrowserWindowConstructorOptions) {
    super()
    this.options = options
    const { partition = '', preload = '' } = options.webPreferences ?? {}
    this.webContents = new Contents(session.fromPartition(partition), preload)
    windows.push(this)
    app.emit('web-contents-created', new CancellableEvent(), this.webContents)
    void this.webContents.page.then((page) => page.once('domcontentloaded', () => this.emit('ready-to-show')))
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url)
  }

  show(): void {
    this.shown = true
  }

  focus(): void {
    this.focused += 1
  }

  minimize(): void {
    this.minimized = true
  }

  restore(): void {
    this.minimized = false
  }

  isMinimized(): boolean {
    return this.minimized
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }

  close(): void {
    void this.#close()
  }

  async closed(): Promise<void> {
    if (!this.#destroyed) await this.#close()
  }

  async #close(): Promise<void> {
    this.#destroyed = true
    windows.splice(windows.indexOf(this), 1)
    await (await this.webContents.page).close()
    this.emit('closed')
    if (windows.length === 0) app.emit('window-all-closed')
  }
}

app.closeWindows = async () => {
  await Promise.all(windows.map((window) => window.closed()))
  await closeBrowser()
}
