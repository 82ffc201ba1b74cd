/**
 * What the shell and the node's process say to each other. What comes from the other process is checked once,
 * here, and ignored when it is none of these.
 */
import { en, type ErrorCode } from '../../shared/api/messages/en.ts'
import type { MessageParams } from '../../shared/api/messages/catalogue.ts'

/** Where the node answers on loopback, and the token that opens it for as long as it runs. */
export type Control = {
  /** `127.0.0.1:PORT` */
  readonly address: string
  readonly token: string
}

/** `refused`: starting again would meet the same refusal, so a person has to act first. */
export type NodeMessage =
  | { readonly type: 'ready'; readonly control: Control }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly params: MessageParams }

export type ShellMessage = { readonly type: 'stop' }

const LOOPBACK = /^127\.0\.0\.1:\d{1,5}$/

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function parseControl(value: unknown): Control | null {
  if (!isRecord(value)) return null
  const { address, token } = value
  if (typeof address !== 'string' || typeof token !== 'string') return null
  return LOOPBACK.test(address) && token.length > 0 ? { address, token } : null
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(en, value)
}

function isParams(value: unknown): value is MessageParams {
  if (!isRecord(value)) return false
  return Object.values(value).every((param) => typeof param === 'string' || typeof param === 'number')
}

export function parseNodeMessage(value: unknown): NodeMessage | null {
  if (!isRecord(value)) return null
  if (value.type === 'ready') {
    const control = parseControl(value.control)
    return control === null ? null : { type: 'ready', control }
  }
  if (value.type !== 'refused' || !isErrorCode(value.code) || !isParams(value.params)) return null
  return { type: 'refused', code: value.code, params: value.params }
}

export function parseShellMessage(value: unknown): ShellMessage | null {
  return isRecord(value) && value.type === 'stop' ? { type: 'stop' } : null
}
