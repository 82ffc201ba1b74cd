/** A refusal over HTTP: its status, in words for whoever reads it. */
import { STATUS_CODES, type ServerResponse } from 'node:http'

export function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
  response.end(`${STATUS_CODES[status] ?? ''}\n`)
}
