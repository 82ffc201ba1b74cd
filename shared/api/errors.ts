/**
 * One family of errors. A code is stable and machine-readable; the person's words stand in the message
 * catalogues (`messages/en.ts`, `messages/es.ts`) under the same code, with `params` filled in.
 */
import { sentence, type MessageParams } from './messages/catalogue.ts'
import { en, type ErrorCode } from './messages/en.ts'

export type { ErrorCode }

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(en, code)

/** What a disk does to whoever writes on it. */
export const STORAGE_CODES = ['disk-full', 'storage-failed', 'database-damaged'] as const
export type StorageCode = (typeof STORAGE_CODES)[number]

export const isStorageCode = (code: ErrorCode): code is StorageCode =>
  STORAGE_CODES.some((known) => known === code)

/** What crosses a boundary (command line, WebSocket): English sentences ready to show, and what a translation needs. */
export type ErrorBody = {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string
  readonly params: MessageParams
}

export class TallydeskError extends Error {
  readonly code: ErrorCode
  readonly params: MessageParams

  constructor(code: ErrorCode, params: MessageParams = {}, options?: ErrorOptions) {
    super(sentence('en', code, params).message, options)
    this.name = 'TallydeskError'
    this.code = code
    this.params = params
  }

  get hint(): string {
    return sentence('en', this.code, this.params).hint
  }

  toBody(): ErrorBody {
    return { code: this.code, message: this.message, hint: this.hint, params: this.params }
  }
}

/** What a disk does is no fault of whoever asked, and may pass. */
export const isOfDisk = (problem: unknown): problem is TallydeskError =>
  problem instanceof TallydeskError && isStorageCode(problem.code)
