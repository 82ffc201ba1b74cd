/** A tablet with a replica of its own that met headquarters on the first day, and works alone from then on. */
import { readFileSync } from 'node:fs'
import type { SiteId } from '../../../shared/model/ids.ts'
import type { Replica } from '../../../shared/replica/contract.ts'
import type { Signer } from '../../../shared/replica/ports.ts'
import { beginAs } from '../../support/snapshots.ts'
import { SocketPair } from '../../unit/sync/socket-pair.ts'
import { must, openDevice, pull, REACH, type Device } from '../../support/replicas.ts'
import type { Headquarters } from './headquarters.ts'

/** How many ops it writes alone. */
export const ALONE = 40

/** How it was to be back. */
export type Back = {
  /** Processor time from the first frame until both hold all, s. */
  readonly seconds: number
  /** Bytes that headquarters sent for it. */
  readonly bytes: number
  /** What became of the ops that it wrote alone. */
  readonly judged: Readonly<Record<'accepted' | 'late' | 'rejected' | 'held', number>>
  /** Both then show the same state. */
  readonly isSame: boolean
}

/** What TLS proves of a peer is not what is asked here. */
const MEMBER = { admits: () => ({ ok: true }) as const }

const meet = (away: Away, { replica }: Headquarters): SocketPair =>
  new SocketPair(away.device.replica, replica, { left: MEMBER, right: MEMBER }).open().flush()

const holdsAll = ({ left, right }: SocketPair): boolean => right.store.lacking(left.store.heads()) === 0

/** It meets headquarters again, over a sync session as any other. */
export function rejoin(away: Away, headquarters: Headquarters): Promise<Back> {
  const unsent = away.unsent()
  const began = process.cpuUsage()
  let pair = meet(away, headquarters)
  if (!holdsAll(pair)) {
    away.beginAnew(headquarters.start)
    pair = meet(away, headquarters)
  }
  headquarters.rest()
  pair.committed(pair.right)
  pair.flush()
  const { user, system } = process.cpuUsage(began)
  const seconds = (user + system) / 1_000_000
  const judged = { accepted: 0, late: 0, rejected: 0, held: 0 }
  for (const op of unsent) judged[must(headquarters.replica.query('op', { op }, REACH)).judgement] += 1
  const [here, there] = [away.device.replica, headquarters.replica].map((replica) => replica.status())
  const isSame = here?.state_hash === there?.state_hash
  return Promise.resolve({ seconds, bytes: pair.right.sentBytes, judged, isSame })
}

export class Away {
  readonly signer: Signer
  device: Device

  constructor(signer: Signer, site: SiteId) {
    this.signer = signer
    this.device = openDevice('Away', signer, site)
  }

  /** Has now all that headquarters has. */
  meet(headquarters: Replica): void {
    pull(this.device, { replica: headquarters })
  }

  /** Works on jobs of the first day, and opens two of its own; some of it comes too late by a year. */
  workAlone(): void {
    const { replica } = this.device
    const before = replica.ownSeq()
    const known = must(replica.query('board', {}, REACH)).rows.filter(({ kind }) => kind === 'job')
    for (let i = 0; replica.ownSeq() < before + ALONE; i += 1) {
      const record = known[i % Math.max(1, known.length)]?.record ?? ''
      if (i % 20 === 0 || record === '')
        must(replica.execute('job.create', { title: `Found on the way ${i}`, tasks: ['Look at it'] }))
      else if (i % 4 === 0) must(replica.execute('note.add', { record, text: `Seen on the way ${i}` }))
      else must(replica.execute('field.set', { record, field: 'title', value: `On the way ${i}` }))
    }
  }

  /** Begins from a snapshot in a database of its own, and takes along what nobody else has. */
  beginAnew(start: string): void {
    const old = this.device
    this.device = beginAs(old, [readFileSync(start)])
    pull(this.device, old)
    old.sql.close()
  }

  /** The names of what it wrote alone. */
  unsent(): readonly string[] {
    const { replica } = this.device
    return replica.unsent().map((_, i, all) => `${replica.actor}:${replica.ownSeq() - all.length + 1 + i}`)
  }

  close(): void {
    this.device.sql.close()
  }
}
