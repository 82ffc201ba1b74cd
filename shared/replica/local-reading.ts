/** What intents read, straight from the folded tables. */
import type { ActorId, ChildId, OpRef, RecordId } from '../model/ids.ts'
import type { KindName } from '../model/kinds.ts'
import type { Entry } from '../merge/dots.ts'
import { isPresent } from '../merge/map.ts'
import type { Action } from '../op/codes.ts'
import type { Address, Effect, Seen } from '../op/effect.ts'
import type { Reading } from '../intent/reading.ts'
import { isDropped } from './chains.ts'
import type { Core } from './core.ts'
import { cellOf } from './fold.ts'
import { idBytes } from './interner.ts'

type PresenceRow = { actor: number; touched: number; removed: number }

export class LocalReading implements Reading {
  readonly actor: ActorId
  readonly #core: Core

  constructor(core: Core) {
    this.actor = core.self
    this.#core = core
  }

  kindOf(record: RecordId): KindName | null {
    const row = this.#core.records.find(record)
    const stands = row && this.#core.origins.stands(row.no)
    return stands ? row.kind : null
  }

  isClosed(record: RecordId): boolean {
    return this.#core.control().isClosed(record)
  }

  live(at: Address): Entry[] {
    const row = this.#core.records.find(at.record)
    return row ? this.#core.fold.live(cellOf(row.no, at)) : []
  }

  hasChild(record: RecordId, field: number, child: ChildId): boolean {
    const row = this.#core.records.find(record)
    const made = row ? this.#core.origins.ofChild(row.no, field, child) : []
    return made.some(({ accepted }) => accepted) && isPresent(this.#presences(record, field, child))
  }

  seenIn(record: RecordId, field: number, child: ChildId): Seen {
    return this.#presences(record, field, child)
      .filter((presence) => presence.touched > presence.removed)
      .map((presence) => ({ actor: this.#core.log.actors.idOf(presence.actor), seq: presence.touched }))
  }

  effectsOf(op: OpRef): readonly Effect[] {
    const no = this.#core.log.numberAt(op)
    return no === null || isDropped(no)
      ? []
      : this.#core.judging.fromRow(this.#core.log.rowByNumber(no)).effects
  }

  waiting(record: RecordId, action: Action): OpRef | null {
    return this.#core.control().waitingFor(record, action)?.ref ?? null
  }

  #presences(record: RecordId, field: number, child: ChildId): PresenceRow[] {
    const row = this.#core.records.find(record)
    if (!row) return []
    return this.#core.sql
      .prepare('SELECT actor, touched, removed FROM presence WHERE record = ? AND field = ? AND child = ?')
      .all<PresenceRow>(row.no, field, idBytes(child))
  }
}
