/**
 * The desktop program: one window on the desk that the node serves, and the node as a process of its own. It
 * knows nothing of jobs or sites; it starts, guards, shows and stops.
 */
import { join } from 'node:path'
import { app, shell, type BrowserWindow, type Tray } from 'electron'
import { answerVerbs } from './answer-verbs.ts'
import { bringToFront, openWindow, showAddress } from './desk-window.ts'
import { guardAllContents, guardSession } from './guard.ts'
import { LICENCE } from './known-links.ts'
import { setMenu } from './menu.ts'
import { languageOf, speaker } from './messages/catalogue.ts'
import { forkNode } from './node-fork.ts'
import { NodeSupervisor } from './node-supervisor.ts'
import { phasePage, startingPage } from './phase-page.ts'
import { readSettings } from './settings.ts'
import { makeTray } from './tray.ts'

const PROGRAM = join(import.meta.dirname, 'node-process.js')
const PRELOAD = join(import.meta.dirname, '..', 'preload', 'index.cjs')
/** ms before a page that crashed is loaded again. */
const PAGE_REST = 1000

const settings = readSettings(process.argv.slice(1), app.getPath('userData'))

class Desk {
  readonly #language = languageOf(app.getLocale())
  readonly #supervisor: NodeSupervisor
  #window: BrowserWindow | null = null
  #tray: Tray | null = null

  constructor() {
    const args = ['--data', settings.dataFolder, ...(settings.demo ? ['--demo'] : [])]
    this.#supervisor = new NodeSupervisor(
      (events) => forkNode(PROGRAM, args, events),
      () => this.#show(),
    )
  }

  readonly origin = (): string | null => {
    const { phase } = this.#supervisor
    return phase.name === 'running' ? `http://${phase.control.address}` : null
  }

  start(): void {
    const speak = speaker(this.#language)
    const front = (): void => this.toFront()
    const openDataFolder = (): void => void shell.openPath(settings.dataFolder)
    answerVerbs({ origin: this.origin, dataFolder: settings.dataFolder, bringToFront: front })
    setMenu(speak, {
      startAgain: () => this.#startAgain(),
      openDataFolder,
      showLicence: () => void shell.openExternal(LICENCE),
      reload: () => this.#reload(),
    })
    this.#tray = makeTray(picture('tray.png'), speak, { show: front, quit: () => app.quit() })
    this.toFront()
    this.#supervisor.start()
  }

  /** Shows the window, or a new one where the last was closed. */
  toFront(): void {
    if (this.#window === null) this.#open()
    else bringToFront(this.#window)
  }

  /** Whether the node is gone, so that the program may go too. */
  get stopped(): boolean {
    return this.#supervisor.phase.name === 'stopped'
  }

  async stop(): Promise<void> {
    await this.#supervisor.stop()
    this.#tray?.destroy()
  }

  #open(): void {
    const window = openWindow({
      preload: PRELOAD,
      icon: picture('icon.png'),
      devTools: !app.isPackaged,
    })
    this.#window = window
    window.on('closed', () => {
      this.#window = null
    })
    window.webContents.on('render-process-gone', () => setTimeout(() => this.#reload(), PAGE_REST))
    showAddress(window, phasePage(this.#supervisor.phase, this.#language) ?? startingPage(this.#language))
  }

  #show(): void {
    const address = phasePage(this.#supervisor.phase, this.#language)
    if (this.#window !== null && address !== null) showAddress(this.#window, address)
  }

  /** The page keeps its token; a new address would differ in its fragment alone and load nothing. */
  #reload(): void {
    const contents = this.#window?.webContents
    if (contents !== undefined && new URL(contents.getURL()).origin === this.origin()) contents.reload()
    else this.#show()
  }

  #startAgain(): void {
    this.toFront()
    this.#supervisor.start()
  }
}

function picture(file: string): string {
  return join(app.getAppPath(), 'build', file)
}

function run(): void {
  const desk = new Desk()
  app.enableSandbox()
  app.on('session-created', (session) => guardSession(session, desk.origin))
  guardAllContents(desk.origin)
  app.on('second-instance', () => desk.toFront())
  app.on('activate', () => desk.toFront())
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  app.on('before-quit', (event) => {
    if (desk.stopped) return
    event.preventDefault()
    void desk.stop().then(() => app.quit())
  })
  void app.whenReady().then(() => desk.start())
}

// One program per data folder: Electron keeps its lock and its own files in `userData`.
if (settings.apart) app.setPath('userData', `${settings.dataFolder}.shell`)
if (app.requestSingleInstanceLock()) run()
else app.quit()
