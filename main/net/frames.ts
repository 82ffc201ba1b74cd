/** The limits of every WebSocket, on both sides: no compression, one frame one message, nothing larger than a run. */
import { LIMITS } from '../../shared/op/limits.ts'

export const FRAMES = {
  perMessageDeflate: false,
  maxPayload: LIMITS.frameBytes,
  maxFragments: LIMITS.frameFragments,
  maxBufferedChunks: 4096,
  closeTimeout: 2_000,
  /** One frame a turn: a peer that sends a thousand small ones at once does not make one long turn of them. */
  allowSynchronousEvents: false,
} as const

/** All that sync speaks over HTTPS. */
export const SYNC_PATH = '/sync'
export const PAIR_PATH = '/pair'

/** TLS 1.3 and nothing below, on both sides. */
export const TLS_VERSION = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const
