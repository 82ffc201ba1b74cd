/** `webContents`: a real Chromium page behind the events and handlers by which the program guards it. */
import { EventEmitter } from 'node:events'
import type { Frame, Page, Request, Route } from '@playwright/test'
import type { HandlerDetails, WebContents as ElectronContents, WindowOpenHandlerResponse } from 'electron'
import { CancellableEvent } from './cancellable-event.ts'
import { invoke } from './ipc.ts'
import { runPreload } from './preload.ts'
import type { Session } from './session.ts'

type Used = 'getURL' | 'loadURL' | 'reload' | 'setWindowOpenHandler'

/** Two addresses that differ in their fragment alone are one document. */
function bare(url: string): string {
  return url.split('#')[0] ?? ''
}

/** A window that is about to be opened has no frame yet. */
function frameOf(request: Request): Frame | undefined {
  try {
    return request.frame()
  } catch {
    return undefined
  }
}

export class Contents extends EventEmitter implements Pick<ElectronContents, Used> {
  readonly session: Session
  readonly page: Promise<Page>
  /** The frame of the window itself, as far as the program looks at it. */
  readonly mainFrame: { readonly url: string; readonly origin: string; readonly parent: null }
  #opened: Page | undefined
  #asked: string | undefined
  #windowOpen: (details: HandlerDetails) => WindowOpenHandlerResponse = () => ({ action: 'allow' })

  constructor(session: Session, preload: string) {
    super()
    this.session = session
    const url = (): string => this.getURL()
    this.mainFrame = {
      parent: null,
      get url() {
        return url()
      },
      get origin() {
        return new URL(url()).origin
      },
    }
    this.page = this.#open(preload)
  }

  getURL(): string {
    return this.#opened?.url() ?? 'about:blank'
  }

  async loadURL(url: string): Promise<void> {
    const page = await this.page
    this.#asked = bare(url)
    await page.goto(url, { waitUntil: 'load' })
  }

  reload(): void {
    void this.page.then(async (page) => {
      this.#asked = bare(page.url())
      await page.reload()
    })
  }

  setWindowOpenHandler(handler: (details: HandlerDetails) => WindowOpenHandlerResponse): void {
    this.#windowOpen = handler
  }

  async #open(preload: string): Promise<Page> {
    const page = await (await this.session.context()).newPage()
    this.session.doors.push((route) => this.#door(page, route))
    await runPreload(page, preload, (channel, ...args) =>
      invoke({ sender: this, senderFrame: this.mainFrame }, channel, args),
    )
    // What was refused leaves an empty window behind, which Electron would never have made.
    page.on('popup', (popup) => void popup.close())
    page.on('crash', () => this.emit('render-process-gone', new CancellableEvent(), { reason: 'crashed' }))
    this.#opened = page
    return page
  }

  /** False stops a navigation that the page, or a window that it wants to open, began without being allowed. */
  #door(page: Page, route: Route): boolean {
    const request = route.request()
    const url = request.url()
    const frame = frameOf(request)
    if (frame?.page() !== page) return this.#windowOpen({ url } as HandlerDetails).action === 'allow'
    const isMainFrame = frame === page.mainFrame()
    if (isMainFrame && this.#asked === bare(url)) {
      this.#asked = undefined
      return true
    }
    const event = new CancellableEvent({ url, isMainFrame, isSameDocument: false })
    this.emit('will-frame-navigate', event)
    return !event.defaultPrevented
  }
}
