/**
 * The bytes of attachments over HTTP, beside the control socket and under the same token, which travels in a header:
 * `POST /files` keeps a body and answers `{sha256, size}`, or `{error}`; `GET /files/<sha256>` gives what an
 * attachment names and this device holds.
 */
import type { ErrorBody } from './errors.ts'

export { MOST_FILE_BYTES } from '../model/files.ts'

export const FILES_PATH = '/files'

/** What is sent with every request, as `Authorization`. */
export const bearer = (token: string): string => `Bearer ${token}`

export type KeptAnswer = { readonly sha256: string; readonly size: number }
export type RefusedAnswer = { readonly error: ErrorBody }
