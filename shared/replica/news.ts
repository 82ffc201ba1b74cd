/**
 * What the next op of this device names as newly seen: every head of every line that its last op had not seen, another
 * branch of its own chain excepted. A forked actor could have more branches than an op can hold; then two of each such
 * actor are enough, for whoever has seen that it forked may leave the rest to what its causes had seen.
 */
import type { ActorId } from '../model/ids.ts'
import { LIMITS } from '../op/limits.ts'
import { CAUSE_HASH_BYTES, type Cause } from '../op/op.ts'
import { compareHeads } from '../op/run.ts'
import type { Line } from './lines.ts'
import type { Log } from './log.ts'

export type News = { readonly causes: readonly Cause[]; readonly lamport: number }

export function newsFor(log: Log, self: ActorId, most: number = LIMITS.causes): News {
  const { lines, contexts } = log
  const [own] = lines.of(self)
  const tip = own && lines.tip(own)
  const context = own && tip ? contexts.at({ line: own, seq: tip.seq }) : new Map<Line, number>()
  const news = lines
    .all()
    .filter((line) => line.actor !== self && lines.tip(line).seq > (context.get(line) ?? 0))
  const named = news.length > most ? fewer(log, news, most) : news
  const highest = named.reduce((top, line) => Math.max(top, lines.tip(line).lamport), tip?.lamport ?? 0)
  return { causes: named.map((line) => causeAt(log, line)).sort(compareHeads), lamport: highest + 1 }
}

function causeAt({ lines }: Log, line: Line): Cause {
  const { seq, hash } = lines.tip(line)
  return { actor: line.actor, seq, hash: hash.subarray(0, CAUSE_HASH_BYTES) }
}

/** Two branches of every forked actor and all else; then as many further branches as there is room for. */
function fewer({ lines }: Log, news: readonly Line[], most: number): Line[] {
  const forked = lines.forked()
  const taken = new Map<ActorId, number>()
  const needed = news.filter(({ actor }) => {
    if (!forked.has(actor)) return true
    taken.set(actor, (taken.get(actor) ?? 0) + 1)
    return (taken.get(actor) ?? 0) <= 2
  })
  const rest = news.filter((line) => !needed.includes(line))
  return [...needed, ...rest.slice(0, Math.max(0, most - needed.length))]
}
