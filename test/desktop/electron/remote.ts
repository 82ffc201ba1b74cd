/**
 * The test's hands inside the program: it asks over the channel of the process, and gets plain values back.
 * Everything here either is what a person does, or reads what a person would see.
 */
import type { MenuItemConstructorOptions } from 'electron'
import { app } from './app.ts'
import { windows, type BrowserWindow } from './browser-window.ts'
import { CancellableEvent } from './cancellable-event.ts'
import { invoke } from './ipc.ts'
import { find, Menu, trays } from './menu.ts'
import { notifications, opened } from './notification.ts'
import { running } from './utility-process.ts'

function theWindow(): BrowserWindow {
  const window = windows[0]
  if (window === undefined) throw new Error('There is no window')
  return window
}

function labels(items: readonly MenuItemConstructorOptions[]): string[] {
  return items.flatMap((item) => [
    ...(item.label === undefined ? [] : [item.label]),
    ...(Array.isArray(item.submenu) ? labels(item.submenu) : []),
  ])
}

function click(menu: Menu | null, path: readonly string[]): void {
  // Electron hands over the item, its window and the event; the program uses none of them.
  const clicked: unknown = Reflect.get(find(menu, path), 'click')
  if (typeof clicked !== 'function') throw new Error(`Nothing happens on ${path.join(' > ')}`)
  Reflect.apply(clicked, undefined, [])
}

function permissionAnswer(permission: string): Promise<boolean> {
  const { session } = theWindow().webContents
  const ask = session.permissionRequest as
    | ((contents: unknown, permission: string, answer: (granted: boolean) => void, details: object) => void)
    | null
  if (ask === null) return Promise.resolve(true)
  return new Promise((resolve) => ask(theWindow().webContents, permission, resolve, {}))
}

function permissionCheck(permission: string): boolean {
  const { session } = theWindow().webContents
  const check = session.permissionCheck as
    ((contents: unknown, permission: string, origin: string, details: object) => boolean) | null
  return check?.(theWindow().webContents, permission, theWindow().webContents.mainFrame.origin, {}) ?? true
}

export const verbs = {
  evaluate: async (expression: string): Promise<unknown> =>
    (await theWindow().webContents.page).evaluate(expression),
  click: async (selector: string): Promise<void> => (await theWindow().webContents.page).click(selector),
  screenshot: async (path: string): Promise<void> => {
    await (await theWindow().webContents.page).screenshot({ path })
  },
  pages: async (): Promise<number> => (await theWindow().webContents.session.context()).pages().length,
  url: (): string => theWindow().webContents.getURL(),
  windows: () => windows.map(({ shown, focused, minimized }) => ({ shown, focused, minimized })),
  webPreferences: () => theWindow().options.webPreferences,
  minimize: () => theWindow().minimize(),
  closeWindow: () => theWindow().close(),
  sandboxEnabled: () => app.sandboxEnabled,
  permissionAnswer,
  permissionCheck,
  devicePermission: (): boolean => theWindow().webContents.session.mayUseDevice(),
  letsRequest: (url: string): Promise<boolean> => theWindow().webContents.session.lets(url),
  attachWebview: (): boolean => {
    const event = new CancellableEvent()
    theWindow().webContents.emit('will-attach-webview', event, {}, {})
    return !event.defaultPrevented
  },
  /** A call that did not come from the desk's own page: from a frame in it, or from another page. */
  invokeFrom: (origin: string, embedded: boolean, channel: string, payload: unknown): Promise<unknown> => {
    const { webContents } = theWindow()
    const frame = { url: `${origin}/`, origin, parent: embedded ? webContents.mainFrame : null }
    return invoke({ sender: webContents, senderFrame: frame }, channel, [payload])
  },
  invokeAsDesk: (channel: string, payload: unknown): Promise<unknown> => {
    const { webContents } = theWindow()
    return invoke({ sender: webContents, senderFrame: webContents.mainFrame }, channel, [payload])
  },
  menuLabels: () => labels(Menu.current?.template ?? []),
  clickMenu: (...path: string[]) => click(Menu.current, path),
  trayLabels: () => labels(trays[0]?.menu?.template ?? []),
  clickTray: (...path: string[]) => click(trays[0]?.menu ?? null, path),
  notifications: () => notifications.map(({ options }) => ({ title: options.title, body: options.body })),
  clickNotification: (index: number) => void notifications[index]?.emit('click'),
  opened: () => opened,
  nodePids: () => running.map((child) => child.pid ?? 0),
  quit: () => app.quit(),
}

export type Verbs = typeof verbs

type Ask = { readonly id: number; readonly verb: keyof Verbs; readonly args: readonly unknown[] }

async function answer({ id, verb, args }: Ask): Promise<void> {
  try {
    const call = verbs[verb] as (...args: readonly unknown[]) => unknown
    process.send?.({ id, value: await call(...args) })
  } catch (error) {
    process.send?.({ id, error: String(error) })
  }
}

process.on('message', (ask) => void answer(ask as Ask))
// A program is not kept alive by those who watch it.
process.channel?.unref()
