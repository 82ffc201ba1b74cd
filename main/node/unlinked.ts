/** What is known of others by a start that speaks to nobody: as little as the log and the last start left. */
import type { Network } from '../net/contract.ts'

export type Reachability = Pick<
  Network,
  'peers' | 'seen' | 'tablets' | 'status' | 'reach' | 'authorityHeard' | 'unknownThrough'
> & {
  readonly invites: Pick<Network['invites'], 'list'>
}

/** `ownSeq`: of the last op before this start. `isAuthority` and `heard` are asked each time: both may change. Times are wall times. */
export function unlinked(
  since: number,
  ownSeq: number,
  isAuthority: () => boolean,
  heard: () => number | null,
): Reachability {
  return {
    peers: () => [],
    seen: () => [],
    tablets: () => null,
    status: () => ({
      wan: { state: isAuthority() ? 'self' : 'off', since: null },
      lan: { state: 'off', since: null },
      peers: { linked: 0, seen: 0 },
      unknown_since: since,
    }),
    reach: () => {
      if (isAuthority()) return { why: null, since: null }
      return heard() === null ? { why: 'never-heard', since: null } : { why: 'no-route', since }
    },
    authorityHeard: heard,
    // What was written in this very start is on this device alone.
    unknownThrough: () => ownSeq,
    invites: { list: () => [] },
  }
}
