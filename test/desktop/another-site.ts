/** A server on loopback that is not the desk's: what reaches it has escaped. */
import { createServer } from 'node:http'

export type AnotherSite = {
  readonly origin: string
  /** Paths that were asked for. */
  readonly reached: readonly string[]
  readonly close: () => Promise<void>
}

export function openAnotherSite(): Promise<AnotherSite> {
  const reached: string[] = []
  const server = createServer((request, response) => {
    reached.push(request.url ?? '')
    response.setHeader('access-control-allow-origin', '*').setHeader('content-type', 'text/html')
    response.end('<h1>another site</h1>')
  })
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      resolve({ origin: `http://127.0.0.1:${port}`, reached, close })
    })
  })
}
