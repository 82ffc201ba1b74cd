/** A note in which members write by hand what stands where. */
import { readUpdate } from '../../shared/merge/text/read-update.ts'
import type { ClockRange, Struct, StructId } from '../../shared/merge/text/struct.ts'
import { writeUpdate } from '../../shared/merge/text/write-update.ts'
import type { ChildId, RecordId } from '../../shared/model/ids.ts'
import type { Address, KnownEffect } from '../../shared/op/effect.ts'
import { threeOf, type Three } from '../support/compacted.ts'
import { coreOf, craft } from '../support/crafting.ts'
import { must, pull, restart, type Device } from '../support/replicas.ts'
import { aSite, lastOp, newJob, page } from '../support/site.ts'

const SESSION = 7

type Letter = number | StructId

/** A note `abc` in a job, by headquarters; all have read it. */
export class Note {
  readonly site = aSite()
  readonly three: Three = threeOf(this.site.hq, this.site.edge)
  readonly record: string = newJob(this.site.hq)
  readonly note: string
  readonly at: Address
  /** The paragraph that its letters stand in. */
  readonly paragraph: StructId
  readonly #letters: readonly StructId[]

  constructor() {
    const { hq, desk, tablet, other } = this.site
    const { note } = must(hq.replica.execute('note.add', { record: this.record, text: 'abc' }))
    for (const device of [desk, tablet, other, ...this.three.slice(1)]) pull(device, hq)
    this.note = note
    this.at = { record: this.record as RecordId, field: 20, child: note as ChildId, sub: 1 }
    const { sql } = coreOf(hq)
    const row = sql
      .prepare('SELECT bytes, client FROM text_update')
      .get<{ bytes: Uint8Array; client: number }>()
    const read = row && readUpdate(row.bytes)
    if (!row || !read?.ok) throw new Error('a new note has words')
    const words = read.value.structs.find(({ content }) => content.kind === 'string')
    const paragraph = read.value.structs.find(({ content }) => content.kind === 'element')
    this.paragraph = { client: row.client, clock: paragraph?.clock ?? 0 }
    this.#letters = [0, 1, 2].map((i) => ({ client: row.client, clock: (words?.clock ?? 0) + i }))
  }

  clientOf(device: Device): number {
    return coreOf(device).texts.clientOf(device.replica.actor, this.at, SESSION)
  }

  /** What says that a letter stands behind one and before another: by their numbers in `abc`, or their ids. */
  letter(device: Device, clock: number, text: string, left: Letter, right: Letter | null): KnownEffect {
    const idOf = (letter: Letter): StructId | null =>
      typeof letter === 'number' ? (this.#letters[letter] ?? null) : letter
    const struct: Struct = {
      clock,
      length: text.length,
      origin: idOf(left),
      rightOrigin: right === null ? null : idOf(right),
      parent: null,
      attribute: null,
      content: { kind: 'string', text },
    }
    return this.words(device, [struct])
  }

  words(device: Device, structs: readonly Struct[], deletes: readonly ClockRange[] = []): KnownEffect {
    const client = structs.length > 0 ? this.clientOf(device) : null
    return { type: 'text', at: this.at, n: SESSION, update: writeUpdate({ client, structs, deletes }) }
  }

  declared(): KnownEffect {
    return { type: 'session', at: this.at, n: SESSION }
  }

  say(device: Device, ...effects: readonly KnownEffect[]): string {
    craft(device, effects)
    restart(device)
    return lastOp(device)
  }

  textAt(device: Device): string {
    return page(device, this.record).notes[0]?.text.trim() ?? ''
  }
}
