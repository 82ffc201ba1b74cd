/** Answers the verbs of the preload, for the desk's own page alone. */
import { ipcMain, Notification, shell, type IpcMainInvokeEvent } from 'electron'
import type { OriginNow } from './guard.ts'
import { NOTIFY, parseNotice, REVEAL_DATA_FOLDER } from './verbs.ts'

export type VerbOptions = {
  readonly origin: OriginNow
  readonly dataFolder: string
  readonly bringToFront: () => void
}

/** Notices that wait to be looked at; beyond these the oldest goes. */
const NOTICES_MOST = 8

/** The page that the node serves, in the window's own frame: not a plain page, and nothing embedded. */
function isDesk(event: IpcMainInvokeEvent, origin: string | null): boolean {
  const frame = event.senderFrame
  return frame !== null && frame.parent === null && origin !== null && frame.origin === origin
}

export function answerVerbs({ origin, dataFolder, bringToFront }: VerbOptions): void {
  // Held, for a notice that is collected as garbage cannot be clicked.
  const shown: Notification[] = []

  ipcMain.handle(NOTIFY, (event, payload: unknown) => {
    const notice = parseNotice(payload)
    if (!isDesk(event, origin()) || notice === null) throw new Error('refused')
    if (!Notification.isSupported()) return false
    const notification = new Notification({ ...notice, silent: true })
    notification.on('click', bringToFront)
    notification.show()
    shown.push(notification)
    if (shown.length > NOTICES_MOST) shown.shift()?.close()
    return true
  })

  ipcMain.handle(REVEAL_DATA_FOLDER, async (event) => {
    if (!isDesk(event, origin())) throw new Error('refused')
    await shell.openPath(dataFolder)
  })
}
