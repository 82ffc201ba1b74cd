/** Parcels as content, and how they are handed in. */
import { describe, expect, test } from 'vitest'
import { encodeCbor } from '../../shared/base/cbor.ts'
import { packed, parseParcel, type ParcelContent } from '../../shared/replica/parcel.ts'
import { contentOf, handedIn, parcelOf, parcelsAt, rowsAt } from '../support/parcels.ts'
import { foundSite, joinSite, must, pull } from '../support/replicas.ts'
import { aSite, newJob, refusal, setTitle, shareWith } from '../support/site.ts'
import { LIMITS } from '../../shared/op/limits.ts'

describe('the content of a parcel', () => {
  test('PAR-1 what is read from its bytes is what was packed', () => {
    const { tablet } = aSite()
    const record = newJob(tablet, ['Drain'], 'Pümp')
    setTitle(tablet, record, 'Fan')
    const parsed = parseParcel(parcelOf(tablet))
    if (!parsed.ok) throw new Error(parsed.error)
    expect(parsed.value).toMatchObject({
      site: tablet.replica.site,
      actor: tablet.replica.actor,
      name: 'Tablet 1',
      cause: 'restored',
    })
    expect(parsed.value.ops.map(({ seq }) => seq)).toEqual([1, 2])
    expect(parsed.value.ops[1]?.effects[0]).toMatchObject({ type: 'assign', value: 'Fan' })
  })

  test('PAR-1 bytes that are damaged anywhere, or cut off, are refused in words and never throw', () => {
    const { tablet } = aSite()
    newJob(tablet)
    const content = parcelOf(tablet)
    for (let at = 0; at < content.length; at += 7) {
      const damaged = content.slice()
      damaged[at] = (damaged[at] ?? 0) ^ 0x81
      const parsed = parseParcel(damaged)
      if (!parsed.ok) expect(parsed.error.length).toBeGreaterThan(3)
      expect(parseParcel(content.subarray(0, at)).ok).toBe(false)
    }
  })

  test('PAR-1 what is another version, empty, out of order or of several devices is refused', () => {
    const { tablet, other } = aSite()
    newJob(tablet)
    newJob(tablet)
    newJob(other)
    const { ops, ...head } = contentOf(tablet)
    const repacked = (change: Partial<ParcelContent>) =>
      parseParcel(packed({ ...head, ops, ...change })[0] ?? Uint8Array.of(0))
    expect(repacked({ ops: ops.toReversed() })).toMatchObject({ ok: false })
    expect(repacked({ ops: [...ops, ...other.replica.unsent()] })).toMatchObject({ ok: false })
    expect(repacked({ actor: other.replica.actor })).toMatchObject({ ok: false })
    expect(repacked({ ops: [] })).toMatchObject({ ok: false })
    expect(repacked({ ops: [Uint8Array.of(1, 2, 3)] })).toMatchObject({ ok: false })
    expect(parseParcel(encodeCbor([2, 'a later version']))).toMatchObject({ ok: false })
    expect(repacked({})).toMatchObject({ ok: true })
  })

  test('PAR-2 more than a parcel holds becomes several, each within its bounds and none empty', () => {
    const { tablet } = aSite()
    const record = newJob(tablet)
    const [op] = tablet.replica.unsent()
    if (!op) throw new Error('a job is an op')
    expect(record).toHaveLength(32)
    const many = packed(contentOf(tablet, { ops: Array.from({ length: LIMITS.parcelOps + 1 }, () => op) }))
    expect(many).toHaveLength(2)
    const large = new Uint8Array(60_000)
    const heavy = packed(contentOf(tablet, { ops: Array.from({ length: 150 }, () => large) }))
    expect(heavy).toHaveLength(2)
    for (const content of [...many, ...heavy]) expect(content.length).toBeLessThanOrEqual(LIMITS.parcelBytes)
    expect(packed(contentOf(tablet, { ops: [] }))).toEqual([])
  })
})

describe('handing in', () => {
  test('PAR-3 unsent work is what no other device has acknowledged', () => {
    const { tablet, edge } = aSite()
    newJob(tablet)
    pull(edge, tablet)
    expect(tablet.replica.unsent()).toEqual([])
    expect(tablet.replica.heldElsewhere()).toMatchObject({ seq: 1 })
    newJob(tablet)
    newJob(tablet)
    expect(tablet.replica.unsent()).toHaveLength(2)
    expect(tablet.replica.ownSeq()).toBe(3)
  })

  test('PAR-3 a parcel of many parts arrives whole everywhere, with whose work it is and why it came', () => {
    const site = aSite()
    const { desk, hq, tablet } = site
    const record = newJob(tablet)
    must(tablet.replica.execute('note.add', { record, text: 'word '.repeat(30_000) }))
    const { parcel, items } = must(desk.replica.handIn(parcelOf(tablet)))
    expect(items).toBeGreaterThan(3)
    shareWith(site, desk)
    expect(parcelsAt(hq)).toMatchObject([
      { parcel, author: tablet.replica.actor, name: 'Tablet 1', cause: 'restored', complete: true },
    ])
    expect(parcelsAt(hq)[0]?.items).toHaveLength(items)
    expect(parcelsAt(hq)[0]?.handed_in_by).toBe('Desk')
  })

  test('PAR-3 a technician hands in what its own device could not send', () => {
    const site = aSite()
    newJob(site.tablet)
    const content = parcelOf(site.tablet)
    expect(must(site.other.replica.handIn(content)).items).toBe(1)
  })

  test('PAR-4 the same parcel again, one of another site, and what is none are refused', () => {
    const site = aSite()
    newJob(site.tablet)
    const content = parcelOf(site.tablet)
    must(site.desk.replica.handIn(content))
    expect(refusal(site.desk.replica.handIn(content))).toBe('parcel-known')
    shareWith(site, site.desk)
    expect(refusal(site.hq.replica.handIn(content))).toBe('parcel-known')
    const elsewhere = foundSite('another site')
    const stranger = joinSite(elsewhere, 'Stranger', 'technician')
    newJob(stranger)
    expect(refusal(site.desk.replica.handIn(parcelOf(stranger)))).toBe('bad-parcel')
    expect(refusal(site.desk.replica.handIn(Uint8Array.of(0x80)))).toBe('bad-parcel')
  })

  test('PAR-4 nothing of a parcel counts before it is taken over', () => {
    const site = aSite()
    newJob(site.tablet)
    handedIn(site)
    expect(rowsAt(site.desk)).toEqual([])
    expect(parcelsAt(site.desk)[0]?.items).toMatchObject([{ state: 'open', title: 'Pump', obstacle: null }])
  })
})
