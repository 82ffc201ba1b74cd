/** `session`: one Chromium context per partition, whose requests pass the handlers that the program set. */
import { EventEmitter } from 'node:events'
import { chromium, type Browser, type BrowserContext, type Route } from '@playwright/test'
import type { DevicePermissionHandlerHandlerDetails, Session as ElectronSession } from 'electron'
import { chromiumPath } from '../../../scripts/chromium-path.ts'
import { app } from './app.ts'

type Used = 'setDevicePermissionHandler' | 'setPermissionCheckHandler' | 'setPermissionRequestHandler'

type Handler<Setter extends keyof ElectronSession> = ElectronSession[Setter] extends (
  handler: infer H,
) => void
  ? H
  : never

type BeforeRequest = (details: { url: string }, answer: (response: { cancel?: boolean }) => void) => void

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

let browser: Promise<Browser> | undefined

function theBrowser(): Promise<Browser> {
  browser ??= chromium.launch({ executablePath: chromiumPath(), args: FLAGS })
  return browser
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
}

/** Decides over requests for navigation before they are loaded; false stops them. */
export type NavigationDoor = (route: Route) => boolean

export class Session extends EventEmitter implements Pick<ElectronSession, Used> {
  permissionRequest: Handler<'setPermissionRequestHandler'> = null
  permissionCheck: Handler<'setPermissionCheckHandler'> = null
  devicePermission: Handler<'setDevicePermissionHandler'> = null
  readonly doors: NavigationDoor[] = []
  #beforeRequest: BeforeRequest | null = null
  #context: Promise<BrowserContext> | undefined

  readonly webRequest = {
    onBeforeRequest: (listener: BeforeRequest) => {
      this.#beforeRequest = listener
    },
  }

  setPermissionRequestHandler(handler: Handler<'setPermissionRequestHandler'>): void {
    this.permissionRequest = handler
  }

  setPermissionCheckHandler(handler: Handler<'setPermissionCheckHandler'>): void {
    this.permissionCheck = handler
  }

  setDevicePermissionHandler(handler: Handler<'setDevicePermissionHandler'>): void {
    this.devicePermission = handler
  }

  mayUseDevice(): boolean {
    return (
      this.devicePermission === null || this.devicePermission({} as DevicePermissionHandlerHandlerDetails)
    )
  }

  context(): Promise<BrowserContext> {
    this.#context ??= this.#open()
    return this.#context
  }

  /** What the program's filter says to a request for `url`. */
  lets(url: string): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#beforeRequest === null) resolve(true)
      else this.#beforeRequest({ url }, ({ cancel }) => resolve(cancel !== true))
    })
  }

  async #open(): Promise<BrowserContext> {
    const context = await (await theBrowser()).newContext({ viewport: { width: 1440, height: 900 } })
    await context.route('**/*', (route) => this.#pass(route))
    return context
  }

  async #pass(route: Route): Promise<void> {
    if (route.request().isNavigationRequest()) {
      for (const door of this.doors) if (!door(route)) return route.abort('aborted')
    }
    return (await this.lets(route.request().url())) ? route.continue() : route.abort('blockedbyclient')
  }
}

const sessions = new Map<string, Session>()

export const session = {
  fromPartition(partition: string): Session {
    const known = sessions.get(partition)
    if (known !== undefined) return known
    const made = new Session()
    sessions.set(partition, made)
    app.emit('session-created', made)
    return made
  },
}
