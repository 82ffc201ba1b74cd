/**
 * The token that opens the node's control socket. The origin carries it in the fragment, which browsers send to
 * nobody; it is taken out of the address bar at once and kept for this tab only, so that a reload still works.
 */
const KEY = 'tallydesk.token'
const IN_FRAGMENT = /(?:^#|&)token=([^&]+)/

export function takeToken(): string | null {
  const found = IN_FRAGMENT.exec(location.hash)?.[1]
  if (found === undefined) return sessionStorage.getItem(KEY)
  sessionStorage.setItem(KEY, found)
  history.replaceState(null, '', `${location.pathname}${location.search}#/board`)
  return found
}
