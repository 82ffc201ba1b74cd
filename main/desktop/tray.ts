/** The small icon beside the clock: the way back to the window, and out of the program. */
import { Menu, Tray } from 'electron'
import type { Speak } from './messages/catalogue.ts'

export type TrayVerbs = { readonly show: () => void; readonly quit: () => void }

/** `icon` is an absolute path. The tray lives as long as somebody holds it. */
export function makeTray(icon: string, speak: Speak, { show, quit }: TrayVerbs): Tray {
  const tray = new Tray(icon)
  tray.setToolTip('Tallydesk')
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: speak('show-desk'), click: show },
      { type: 'separator' },
      { label: speak('quit'), click: quit },
    ]),
  )
  tray.on('click', show)
  return tray
}
