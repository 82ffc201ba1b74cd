/** Which versions of the protocol a side speaks, and in which two sides go on. */

/** From the least to the greatest. */
export type Versions = { readonly min: number; readonly max: number }

/**
 * What this build speaks. `max` is raised with every change of a message that an older node would misread; a message
 * of a later version is sent only in a session that goes on in it. `min` follows once no device is expected to be so old.
 */
export const PROTOCOL: Versions = { min: 1, max: 1 }

/** The highest version that both speak; null where there is none. */
export function negotiated(own: Versions, peer: Versions): number | null {
  const version = Math.min(own.max, peer.max)
  return version >= Math.max(own.min, peer.min) ? version : null
}
