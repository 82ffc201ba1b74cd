/**
 * What no page of this program may do, whatever is in it: leave the node's origin, open windows, embed other
 * contents, ask for a permission, or load anything from elsewhere.
 */
import { app, shell, type Session, type WebContents } from 'electron'
import { isKnownLink } from './known-links.ts'

/** The node's origin while it runs, such as `http://127.0.0.1:40123`. */
export type OriginNow = () => string | null

function isOwn(url: string, origin: string | null): boolean {
  if (url.startsWith('data:') || url.startsWith('devtools:')) return true
  if (origin === null || !URL.canParse(url)) return false
  const bare = url.startsWith('blob:') ? url.slice('blob:'.length) : url.replace(/^ws:/, 'http:')
  return URL.canParse(bare) && new URL(bare).origin === origin
}

export function guardSession(session: Session, origin: OriginNow): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isOwn(details.url, origin()) }))
  session.on('will-download', (event, item) => {
    if (!isOwn(item.getURL(), origin())) event.preventDefault()
  })
}

/** A page may load itself anew, in the window's own frame; it may go nowhere else. */
function mayGo(
  details: { readonly url: string; readonly isMainFrame: boolean },
  origin: string | null,
): boolean {
  return (
    details.isMainFrame &&
    origin !== null &&
    URL.canParse(details.url) &&
    new URL(details.url).origin === origin
  )
}

function guardContents(contents: WebContents, origin: OriginNow): void {
  contents.on('will-frame-navigate', (event) => {
    if (!mayGo(event, origin())) event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    if (!mayGo(event, origin())) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (isKnownLink(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
}

/** Every web contents that this program will ever make. */
export function guardAllContents(origin: OriginNow): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, origin))
}
