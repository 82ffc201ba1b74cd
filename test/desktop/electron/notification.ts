/** `Notification` and `shell`: what was asked of the operating system. */
import { EventEmitter } from 'node:events'
import type { Notification as ElectronNotification, NotificationConstructorOptions } from 'electron'

export const notifications: Notification[] = []

export class Notification extends EventEmitter implements Pick<ElectronNotification, 'close' | 'show'> {
  readonly options: NotificationConstructorOptions

  constructor(options: NotificationConstructorOptions) {
    super()
    this.options = options
  }

  static isSupported(): boolean {
    return true
  }

  show(): void {
    notifications.push(this)
  }

  close(): void {
    notifications.splice(notifications.indexOf(this), 1)
  }
}

export const opened: { readonly links: string[]; readonly folders: string[] } = { links: [], folders: [] }

export const shell = {
  openExternal(url: string): Promise<void> {
    opened.links.push(url)
    return Promise.resolve()
  },

  openPath(path: string): Promise<string> {
    opened.folders.push(path)
    return Promise.resolve('')
  },
}
