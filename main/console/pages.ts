/**
 * The desk's built pages, read from one folder. A path leads to a file inside it or to nothing. Nothing is cached
 * by the browser: another version may answer on the same port tomorrow.
 */
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, resolve, sep } from 'node:path'
import { pathOf } from './gate.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

const NOT_BUILT = 'The pages of the desk are not built. In a checkout, run: npm run build\n'

/** Scripts and connections of this origin alone. Styles in attributes are the one exception: widgets place themselves by them. */
export function securityHeaders(host: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "manifest-src 'self'",
    `connect-src 'self' ws://${host}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'geolocation=(), microphone=(), camera=(self)',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  }
}

export class Pages {
  readonly #root: string

  constructor(folder: string) {
    this.#root = resolve(folder)
  }

  /** Answers a GET or HEAD whose Host was checked. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = this.#fileFor(pathOf(request))
    const body = file === null ? null : await readFile(file).catch(() => null)
    const type = file === null ? undefined : TYPES[extname(file)]
    if (body === null || type === undefined) {
      this.#missing(request, response)
      return
    }
    response.writeHead(200, { 'content-type': type, 'content-length': body.length })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  /** Only what lies inside the folder and has no hidden part. */
  #fileFor(path: string): string | null {
    const decoded = decodePath(path)
    if (decoded === null || decoded.includes('\0') || decoded.includes('\\') || decoded.includes('/.'))
      return null
    const file = resolve(join(this.#root, decoded.endsWith('/') ? `${decoded}index.html` : decoded))
    return file.startsWith(this.#root + sep) ? file : null
  }

  #missing(request: IncomingMessage, response: ServerResponse): void {
    const isHome = pathOf(request) === '/'
    response.writeHead(isHome ? 503 : 404, { 'content-type': 'text/plain; charset=utf-8' })
    response.end(isHome ? NOT_BUILT : 'Not found\n')
  }
}

function decodePath(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
