/** The application menu, in the person's language. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron'
import type { Speak } from './messages/catalogue.ts'

export type MenuVerbs = {
  readonly startAgain: () => void
  readonly openDataFolder: () => void
  readonly showLicence: () => void
  /** Loads the desk's page anew, with its token. */
  readonly reload: () => void
}

function deskMenu(speak: Speak, verbs: MenuVerbs): MenuItemConstructorOptions {
  return {
    label: speak('desk'),
    submenu: [
      { label: speak('start-again'), click: verbs.startAgain },
      { label: speak('open-data-folder'), click: verbs.openDataFolder },
      { type: 'separator' },
      { label: speak('quit'), role: 'quit' },
    ],
  }
}

function editMenu(speak: Speak): MenuItemConstructorOptions {
  return {
    label: speak('edit'),
    submenu: [
      { label: speak('undo'), role: 'undo' },
      { label: speak('redo'), role: 'redo' },
      { type: 'separator' },
      { label: speak('cut'), role: 'cut' },
      { label: speak('copy'), role: 'copy' },
      { label: speak('paste'), role: 'paste' },
      { label: speak('select-all'), role: 'selectAll' },
    ],
  }
}

function viewMenu(speak: Speak, verbs: MenuVerbs): MenuItemConstructorOptions {
  return {
    label: speak('view'),
    submenu: [
      { label: speak('reload'), accelerator: 'CmdOrCtrl+R', click: verbs.reload },
      { type: 'separator' },
      { label: speak('zoom-in'), role: 'zoomIn' },
      { label: speak('zoom-out'), role: 'zoomOut' },
      { label: speak('actual-size'), role: 'resetZoom' },
      { type: 'separator' },
      { label: speak('full-screen'), role: 'togglefullscreen' },
    ],
  }
}

function helpMenu(speak: Speak, verbs: MenuVerbs): MenuItemConstructorOptions {
  return {
    label: speak('help'),
    submenu: [
      { label: speak('licence'), click: verbs.showLicence },
      { label: speak('about'), click: () => app.showAboutPanel() },
    ],
  }
}

export function setMenu(speak: Speak, verbs: MenuVerbs): void {
  const menus = [deskMenu(speak, verbs), editMenu(speak), viewMenu(speak, verbs), helpMenu(speak, verbs)]
  Menu.setApplicationMenu(Menu.buildFromTemplate(menus))
}
