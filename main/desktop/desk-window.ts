/**
 * The one window. It shows the pages that the node serves on its own origin and holds nothing of its own: a
 * sandboxed page without Node, in a session that forgets everything with the program.
 */
import { BrowserWindow } from 'electron'

/** Kept in memory only: the origin's port changes at every start, and what a page remembers it keeps in the node. */
const PARTITION = 'desk'

export type WindowOptions = {
  /** Absolute paths. */
  readonly preload: string
  readonly icon: string
  readonly devTools: boolean
}

export function openWindow({ preload, icon, devTools }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 720,
    minHeight: 540,
    show: false,
    title: 'Tallydesk',
    icon,
    webPreferences: {
      preload,
      partition: PARTITION,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools,
    },
  })
  window.once('ready-to-show', () => window.show())
  return window
}

/** A page that did not load is no failure here: the node went away meanwhile, and its supervisor knows. */
export function showAddress(window: BrowserWindow, address: string): void {
  if (!window.isDestroyed()) window.loadURL(address).catch(() => undefined)
}

export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
