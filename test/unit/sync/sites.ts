/** Small sites for session tests: an authority, a tablet and an edge. */
import type { ActorId } from '../../../shared/model/ids.ts'
import { actorNamed, AUTHORITY, MemoryStore } from './memory-store.ts'
import { SocketPair } from './socket-pair.ts'

export const TABLET = actorNamed('tablet')
export const EDGE = actorNamed('edge')

/** An authority that has admitted a tablet and an edge, and replicas of both that hold nothing yet. */
export function site(): { authority: MemoryStore; tablet: MemoryStore; edge: MemoryStore } {
  const authority = new MemoryStore(AUTHORITY)
  authority.write()
  authority.admit(TABLET)
  authority.admit(EDGE)
  return { authority, tablet: joined(TABLET), edge: joined(EDGE) }
}

/** A device that has just paired: it trusts its inviter and holds no op. */
export const joined = (actor: ActorId): MemoryStore => new MemoryStore(actor)

export function write(store: MemoryStore, times: number, text = ''): void {
  for (let i = 0; i < times; i += 1) store.write(['note', text])
}

/** Two replicas that hold the same log. */
export function linked(): {
  authority: MemoryStore
  tablet: MemoryStore
  edge: MemoryStore
  pair: SocketPair
} {
  const { authority, tablet, edge } = site()
  new SocketPair(authority, tablet).open().flush()
  return { authority, tablet, edge, pair: new SocketPair(authority, tablet).open().flush() }
}
