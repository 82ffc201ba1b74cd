/** What a member sends that is forged, changed, old, early or malformed: how each ends, over the wire. */
import { afterEach, describe, expect, test } from 'vitest'
import { encodeCbor } from '../../shared/base/cbor.ts'
import { clientIdOf } from '../../shared/merge/text/client-id.ts'
import { newText } from '../../shared/merge/text/new-text.ts'
import { type ChildId, parseActorId, type RecordId } from '../../shared/model/ids.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import type { Run } from '../../shared/op/run.ts'
import { textName } from '../../shared/replica/texts.ts'
import { createCrypto } from '../../main/store/crypto.ts'
import { closeDevices, enrol, found, sameLog, unwrap, until, type Device } from '../links/device.ts'
import { REACH } from '../support/replicas.ts'
import { Chain, headOf, RawMember } from './raw-member.ts'

const crypto = createCrypto()

afterEach(closeDevices)

type Site = { readonly desk: Device; readonly tablet: Device; readonly rogue: Device }

/** A desk that runs, an honest tablet that is linked with it, and a member that is not what it was. */
async function site(): Promise<Site> {
  const desk = await found('Desk')
  await desk.start()
  const tablet = await enrol(desk, 'Tablet', 'technician', { peers: [desk.listen] })
  const rogue = await enrol(desk, 'Rogue', 'technician')
  await tablet.start()
  await until(() => sameLog(desk, tablet), 'the tablet has synced')
  return { desk, tablet, rogue }
}

/** All that a replica shows and holds, in two texts. */
const stateOf = ({ replica }: Device): unknown => [replica.digest(), replica.status().state_hash]

/** Honest work goes on: the tablet's next op is at the desk. */
async function expectServed({ desk, tablet }: Site): Promise<void> {
  tablet.work('Work goes on')
  await until(() => sameLog(desk, tablet), 'the tablet’s work arrives', 30_000)
}

/** Everything that a device has written itself, as runs. */
const ownRuns = ({ replica }: Device): readonly Run[] =>
  replica.runsAfter([], 0, { ops: 10_000, bytes: 1 << 30 }).runs.filter((run) => run.actor === replica.actor)

describe('runs of a modified member', () => {
  test('ATK-11 ops in another’s name are refused, and the third ends the link', async () => {
    const all = await site()
    const { desk, tablet, rogue } = all
    const before = stateOf(desk)
    const raw = await RawMember.link(desk, rogue)
    const chain = new Chain(rogue, headOf(desk))
    for (const actor of [tablet.replica.actor, desk.replica.actor, tablet.replica.actor])
      raw.run({ ...chain.run(1), actor })
    expect(await raw.goodbye()).toBe('refused')
    expect(stateOf(desk)).toEqual(before)
    await expectServed(all)
  })

  test('ATK-11 ops of actors that nobody admitted are not stored and blame nobody', async () => {
    const all = await site()
    const { desk, rogue } = all
    const before = stateOf(desk)
    const raw = await RawMember.link(desk, rogue)
    const stranger = parseActorId('7'.repeat(64))
    if (!stranger) throw new Error('an actor')
    const unsigned = new Chain(
      {
        ...rogue,
        replica: Object.assign(Object.create(rogue.replica) as Device['replica'], { actor: stranger }),
      },
      null,
    )
    for (let i = 0; i < 20; i += 1) raw.run({ ...unsigned.run(8), actor: stranger })
    await raw.settled()
    expect(stateOf(desk)).toEqual(before)
    expect(raw.ended).toBe(false)
    await expectServed(all)
  })

  test('ATK-12 a relay that changes a byte of what it carries is found out, wherever the byte is, and the true op still comes', async () => {
    const all = await site()
    const { desk, tablet, rogue } = all
    await tablet.stop()
    tablet.work('On its way')
    const run = ownRuns(tablet).at(-1)
    const last = run?.ops.at(-1)
    if (!run || !last) throw new Error('the tablet has written')
    const before = stateOf(desk)
    const changed = (at: number): Run => ({
      ...run,
      ops: [...run.ops.slice(0, -1), last.with(at, (last[at] ?? 0) ^ 1)],
    })
    for (let at = 0; at < last.length; at += 1)
      expect(desk.replica.receive(changed(at), rogue.replica.actor)).toMatchObject({ outcome: 'refused' })
    const liar = await RawMember.link(desk, rogue)
    for (const at of [0, 40, last.length - 1]) liar.run(changed(at))
    expect(await liar.goodbye()).toBe('refused')
    const raw = await RawMember.link(desk, rogue)
    raw.run({ ...run, signature: run.signature.with(5, (run.signature[5] ?? 0) ^ 1) })
    await raw.settled()
    expect(stateOf(desk)).toEqual(before)
    raw.run(run)
    await raw.settled()
    expect(sameLog(desk, tablet)).toBe(true)
  })

  test('ATK-13 a hundred thousand old ops change nothing, are slowed once they are more than any honest burst, and hold nobody up', async () => {
    const all = await site()
    const { desk, rogue } = all
    const raw = await RawMember.link(desk, rogue)
    const run = new Chain(rogue, headOf(desk)).run(LIMITS.runOps)
    raw.run(run)
    await raw.settled()
    await until(() => sameLog(desk, all.tablet), 'the tablet has them')
    const before = stateOf(desk)
    let left = Math.ceil(100_000 / LIMITS.runOps)
    const dealtWith = (): number => LIMITS.runOps * (Math.ceil(100_000 / LIMITS.runOps) - left - raw.open)
    const since = performance.now()
    await raw.stream(
      () => (left-- > 0 ? run : null),
      () => dealtWith() > LIMITS.actorBurstOps - 2 * LIMITS.runOps,
    )
    const atFullSpeed = dealtWith()
    expect(stateOf(desk)).toEqual(before)
    await expectServed(all)
    const gained = ((performance.now() - since) / 60_000) * LIMITS.actorOpsPerMinute
    expect(dealtWith()).toBeLessThan(LIMITS.actorBurstOps + gained + 3 * LIMITS.runOps)
    expect(atFullSpeed).toBeGreaterThan(LIMITS.actorBurstOps / 2)
    expect(raw.ended).toBe(false)
  })

  test('ATK-14 ops whose causes never come fill no more than their sender’s share; honest ops wait and pass beside them', async () => {
    const all = await site()
    const { desk, tablet, rogue } = all
    const raw = await RawMember.link(desk, rogue)
    const before = stateOf(desk)
    const chain = new Chain(rogue, headOf(desk))
    for (let sent = 0; sent < LIMITS.inboxPeerOps + 4 * LIMITS.runOps; sent += LIMITS.runOps) {
      raw.run(chain.run(LIMITS.runOps, undefined, 5))
      await raw.settled()
    }
    expect(stateOf(desk)).toEqual(before)
    const other = new Chain(tablet, headOf(desk))
    // Late in its own chain: it has to wait, and there is room for it.
    const early = other.run(3)
    const late = other.run(3)
    expect(desk.replica.receive(late, tablet.replica.actor)).toMatchObject({ outcome: 'stored', waiting: 3 })
    expect(desk.replica.receive(early, tablet.replica.actor)).toMatchObject({
      outcome: 'stored',
      committed: 6,
    })
    raw.run(chain.run(LIMITS.runOps, undefined, 5))
    await raw.settled()
    expect(raw.ended).toBe(false)
  })

  test('ATK-15 a cause that wakes thousands lets in a few a turn, and in the end all', async () => {
    const { desk, rogue } = await site()
    const chain = new Chain(rogue, headOf(desk))
    const cause = chain.run(1)
    const runs = Array.from({ length: 8 }, () => chain.run(LIMITS.runOps))
    for (const run of runs) desk.replica.receive(run, rogue.replica.actor)
    const seq = (): number =>
      desk.replica.heads().find(({ actor }) => actor === rogue.replica.actor)?.seq ?? 0
    expect(seq()).toBe(0)
    expect(desk.replica.receive(cause, rogue.replica.actor)).toMatchObject({ outcome: 'stored' })
    expect(seq()).toBe(1 + LIMITS.releaseOps)
    for (let before = seq(); desk.replica.work() && seq() > before; before = seq())
      expect(seq() - before).toBeLessThanOrEqual(LIMITS.releaseOps)
    expect(seq()).toBe(1 + 8 * LIMITS.runOps)
  })
})

describe('words of a modified member', () => {
  /** What the rogue says of notes at the desk, having seen them, one op each: how it is judged, and what they read then. */
  async function said(
    { desk, rogue }: Site,
    updates: readonly ((clientOf: (device: Device) => number) => Uint8Array)[],
  ): Promise<{ readonly judged: string[]; readonly notes: string[] }> {
    const { record } = unwrap(desk.replica.execute('job.create', { title: 'Pump' }))
    const notes = updates.map(
      () => unwrap(desk.replica.execute('note.add', { record, text: 'It leaks.' })).note,
    )
    const chain = new Chain(rogue, headOf(desk))
    const raw = await RawMember.link(desk, rogue)
    for (const [i, updateOf] of updates.entries()) {
      const at = { record: record as RecordId, field: 20, child: notes[i] as ChildId, sub: 1 }
      const clientOf = (device: Device): number =>
        clientIdOf((bytes) => crypto.sha256(bytes), device.replica.actor, textName(at), 7)
      raw.run(
        chain.run(1, [
          { type: 'session', at, n: 7 },
          { type: 'text', at, n: 7, update: updateOf(clientOf) },
        ]),
      )
    }
    await raw.settled()
    const judged = updates.map((_, i) => {
      const answer = unwrap(desk.replica.query('op', { op: `${rogue.replica.actor}:${i + 1}` }, REACH))
      return `${answer.judgement} ${answer.reason?.code ?? ''}`
    })
    const page = unwrap(desk.replica.query('record', { record }, REACH))
    return { judged, notes: page.notes.map(({ text }) => text) }
  }

  test('ATK-19 words under the client id of another’s session are rejected, and the note is as it was', async () => {
    const all = await site()
    const words = await said(all, [
      (clientOf) => newText('Not mine', 'paragraphs', clientOf(all.tablet)),
      (clientOf) => newText('Mine', 'paragraphs', clientOf(all.rogue)),
    ])
    expect(words.judged).toEqual(['rejected bad-text', 'accepted '])
    expect(words.notes).toEqual(['It leaks.', expect.stringContaining('Mine')])
    await expectServed(all)
  })

  test('ATK-19 of a malformed update nothing is taken, however far it can be read', async () => {
    const all = await site()
    const whole = (clientOf: (device: Device) => number): Uint8Array =>
      newText('One\nTwo\nThree', 'paragraphs', clientOf(all.rogue))
    const words = await said(all, [
      ...[0.1, 0.3, 0.5, 0.7, 0.9, 0.99].map(
        (part) => (clientOf: (device: Device) => number) =>
          whole(clientOf).slice(0, Math.floor(part * whole(clientOf).length)),
      ),
      (clientOf) => Uint8Array.of(...whole(clientOf), 0),
      (clientOf) => whole(clientOf).with(whole(clientOf).length - 1, 255),
    ])
    expect(new Set(words.judged)).toEqual(new Set(['rejected bad-text']))
    expect(new Set(words.notes)).toEqual(new Set(['It leaks.']))
    await expectServed(all)
  })
})

describe('frames of a modified member', () => {
  test('ATK-17 deep, huge, and mislabelled CBOR ends the link with a reason, and the desk works on', async () => {
    const all = await site()
    const { desk, rogue } = all
    const marks = `a${'\u0301'.repeat(250_000)}${'\u0316'.repeat(250_000)}`
    const frames: readonly Uint8Array[] = [
      new Uint8Array(1_000_000).fill(0x81),
      new Uint8Array(1_000_000).fill(0xa1),
      new Uint8Array(1_000_000).fill(0xc1),
      Uint8Array.of(0x9b, 0, 0, 0, 1, 0, 0, 0, 0),
      Uint8Array.of(0x5b, 0x7f, 255, 255, 255, 255, 255, 255, 255),
      Uint8Array.of(0xbf, 0x61, 0x61, 0x9f, 0xff),
      encodeCbor([99, marks]),
    ]
    for (const frame of frames) {
      const raw = await RawMember.link(desk, rogue)
      raw.raw(frame)
      expect(await raw.goodbye()).toBe('malformed')
    }
    // Sound, and of no known kind: left alone.
    const raw = await RawMember.link(desk, rogue)
    raw.raw(encodeCbor([99, Array.from({ length: 300_000 }, () => [])]))
    await expectServed(all)
    expect(raw.ended).toBe(false)
  })
})
