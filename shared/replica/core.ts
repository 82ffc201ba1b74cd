/** The parts of an open replica, wired together; made anew from the database when a transaction failed. */
import type { Bytes } from '../base/bytes.ts'
import type { ActorId, SiteId } from '../model/ids.ts'
import { THIS_BUILD, type Vocabulary } from '../op/vocabulary.ts'
import type { ControlState } from '../judge/control.ts'
import { Acks } from './acks.ts'
import { Base } from './base.ts'
import { Door } from './door.ts'
import { Files } from './files.ts'
import { Fold } from './fold.ts'
import { HashSum } from './hash-sum.ts'
import { Inbox } from './inbox.ts'
import { Records } from './interner.ts'
import { Judging } from './judging.ts'
import { Log } from './log.ts'
import { Origins } from './origins.ts'
import type { Crypto, Sql, World } from './ports.ts'
import { RecordStates } from './record-state.ts'
import { StateHash } from './state-hash.ts'
import { Texts } from './texts.ts'
import { Views } from './views.ts'

export type Core = {
  readonly site: SiteId
  readonly self: ActorId
  readonly sql: Sql
  readonly crypto: Crypto
  readonly vocabulary: Vocabulary
  readonly log: Log
  readonly records: Records
  readonly origins: Origins
  readonly states: RecordStates
  readonly judging: Judging
  readonly fold: Fold
  readonly base: Base
  readonly texts: Texts
  readonly views: Views
  readonly door: Door
  readonly inbox: Inbox
  readonly acks: Acks
  readonly files: Files
  readonly stateHash: StateHash
  readonly control: () => ControlState
  readonly sha256: (bytes: Bytes) => Bytes
}

export function openCore(
  { sql, crypto, keeps, vocabulary = THIS_BUILD }: Pick<World, 'sql' | 'crypto' | 'keeps' | 'vocabulary'>,
  site: SiteId,
  self: ActorId,
): Core {
  const log = new Log(sql, self)
  const records = new Records(sql)
  const origins = new Origins(sql, log, records, crypto)
  const states = new RecordStates(sql, log, records)
  const judging = new Judging({ sql, log, records, origins, crypto, vocabulary })
  const control = (): ControlState => judging.control
  const fold = new Fold(sql, log, crypto)
  const base = new Base({ sql, log, judging })
  const texts = new Texts(sql, log, records, crypto, control)
  judging.wordsFell = (op) => texts.fell(op)
  const sum = new HashSum()
  const views = new Views({ sql, states, origins, control, sum })
  const files = new Files({ sql, log, records, states, self, control, keeps: keeps ?? (() => true) })
  const parts = { sql, log, records, origins, states, judging, fold, base, texts, views }
  return {
    ...parts,
    site,
    self,
    crypto,
    vocabulary,
    control,
    door: new Door(parts),
    inbox: new Inbox(sql, log, vocabulary),
    files,
    acks: new Acks({ sql, log, files, crypto, site, self, control }),
    stateHash: new StateHash({ ...parts, crypto, control, sum }),
    sha256: (bytes) => crypto.sha256(bytes),
  }
}
