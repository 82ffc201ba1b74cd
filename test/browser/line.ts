/** The line between a page and its node, which a test can cut and mend: the node itself notices nothing but a goodbye. */
import type { Page, WebSocketRoute } from '@playwright/test'

export type Line = {
  /** Breaks the connection and refuses new ones. */
  cut(): Promise<void>
  mend(): void
}

/** Puts itself between the page and its node and opens the page anew. */
export async function holdLine(page: Page): Promise<Line> {
  const open = new Set<WebSocketRoute>()
  let isCut = false
  await page.routeWebSocket(/\/api$/, (socket) => {
    if (isCut) {
      void socket.close()
      return
    }
    open.add(socket)
    socket.connectToServer()
  })
  await page.reload()
  return {
    cut: async () => {
      isCut = true
      await Promise.all([...open].map((socket) => socket.close()))
      open.clear()
    },
    mend: () => {
      isCut = false
    },
  }
}
