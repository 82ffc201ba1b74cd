/** A device that is not all that it once was: noticed, halted, and back under a new key with its unsent work. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openMachine } from '../../main/node/machine.ts'
import { readManifest } from '../../main/node/keeping/manifest.ts'
import { isOtherMachine, keptName, machineId } from '../../main/store/machine-id.ts'
import { tallydesk } from './command.ts'
import { codeOf, eventually, must, scratch, startDesk } from './desks.ts'
import {
  ALONE,
  actorOf,
  calling,
  codeFor,
  founded,
  isShared,
  joined,
  newJob,
  restart,
  sees,
  statusOf,
  titlesAt,
  type Place,
} from './places.ts'

/** Long enough that a test would not end if it were waited for. */
const FOR_EVER = 600_000

const causeOf = async (place: Place) => (await statusOf(place)).halted?.cause ?? null
/** A fork is seen as one once the other branch has come. */
const isForked = (place: Place) =>
  eventually('the fork', async () => ((await causeOf(place)) === 'forked' ? true : null))

/** A copy of a data folder, as a backup program or a cloned disk has it. */
function copied(data: string): string {
  const copy = scratch()
  cpSync(data, copy, { recursive: true })
  return copy
}

const witnessOf = (data: string): { seq: number } =>
  JSON.parse(readFileSync(join(data, 'witness.json'), 'utf8')) as { seq: number }

describe('noticing', () => {
  test('WIT-1 a database that is behind its witness was restored', async () => {
    const hq = await founded()
    const tablet = await joined(hq, 'Tablet')
    must(await newJob(tablet, 'Before'))
    const folder = join(scratch(), 'backup')
    must(await tablet.node.api.do('node.backup', { folder }))
    const backup = join(folder, readManifest(folder)?.database.name ?? '')
    must(await newJob(tablet, 'After'))
    await tablet.node.close()
    cpSync(backup, join(tablet.data, 'tallydesk.db'))
    tablet.node = await startDesk(tablet.data, ALONE)
    expect(await causeOf(tablet)).toBe('restored')
  })

  test('WIT-1 the witness follows what is committed, is never ahead of it, and may be behind after a crash', async () => {
    const hq = await founded()
    const own = async () => (await statusOf(hq)).cursor[actorOf(hq)] ?? 0
    must(await newJob(hq, 'One'))
    expect(witnessOf(hq.data).seq).toBeLessThanOrEqual(await own())
    await eventually('the witness', async () => (witnessOf(hq.data).seq === (await own()) ? true : null))
    must(await newJob(hq, 'Two'))
    const last = await own()
    await hq.node.close()
    expect(witnessOf(hq.data).seq).toBeGreaterThanOrEqual(last)
    const file = join(hq.data, 'witness.json')
    writeFileSync(file, JSON.stringify({ ...witnessOf(hq.data), seq: 1 }))
    hq.node = await startDesk(hq.data, ALONE)
    expect(await causeOf(hq)).toBeNull()
    expect(witnessOf(hq.data).seq).toBe(await own())
  })

  test('WIT-1 a folder without a witness, or with one that cannot be read, gets one and goes on', async () => {
    const hq = await founded()
    await hq.node.close()
    for (const spoil of [
      () => rmSync(join(hq.data, 'witness.json')),
      () => writeFileSync(join(hq.data, 'witness.json'), '{"seq":'),
    ]) {
      spoil()
      hq.node = await startDesk(hq.data, ALONE)
      must(await newJob(hq, 'On'))
      await hq.node.close()
      expect(witnessOf(hq.data).seq).toBeGreaterThan(1)
    }
  })

  test('WIT-1 what a crash left of the writing of one is taken away', async () => {
    const data = scratch()
    const left = join(data, 'witness.json.unfinished')
    writeFileSync(left, '{"seq":')
    const machine = await openMachine(data)
    machine.close()
    expect(existsSync(left)).toBe(false)
  })

  test('WIT-2 a folder on another machine was cloned, and stays so when it is brought back', async () => {
    const hq = await founded()
    await restart(hq, { ...ALONE, machine: 'platform:one' })
    await restart(hq, { ...ALONE, machine: 'platform:two' })
    expect(await causeOf(hq)).toBe('cloned')
    await restart(hq, { ...ALONE, machine: 'platform:one' })
    expect(await causeOf(hq)).toBe('cloned')
  })

  test('WIT-2 names of a machine of two kinds say nothing about each other', () => {
    expect(isOtherMachine('platform:a', 'kept:b')).toBe(false)
    expect(isOtherMachine(null, 'kept:b')).toBe(false)
    expect(isOtherMachine('platform:a', 'platform:b')).toBe(true)
    expect(machineId()).toBe(machineId())
    const file = join(scratch(), 'config', 'machine-id')
    const made = keptName(file)
    expect(made).toMatch(/^[0-9a-f]{32}$/)
    expect(keptName(file)).toBe(made)
  })

  test('WIT-3 a folder restored whole learns from a peer that it once knew more, before its first write', async () => {
    const hq = await founded()
    const tablet = await joined(hq, 'Tablet')
    must(await newJob(tablet, 'Early'))
    await isShared(tablet)
    await tablet.node.close()
    const old = copied(tablet.data)
    tablet.node = await startDesk(tablet.data)
    must(await newJob(tablet, 'Late'))
    await isShared(tablet)
    await tablet.node.close()
    const restored: Place = {
      data: old,
      node: await startDesk(old, { ...calling(hq), firstWriteWait: FOR_EVER }),
    }
    expect(codeOf(await newJob(restored, 'Never'))).toBe('device-halted')
    expect(await causeOf(restored)).toBe('restored')
    expect(await titlesAt(hq)).toEqual(['Early', 'Late'])
  })

  test('WIT-4 a copy that wrote apart meets another op under its own number', async () => {
    const { hq, copy } = await forkedPair()
    await isForked(copy)
    await sees(hq, 'Both', 'Original')
  })

  test('WIT-5 the first write waits for nobody where nobody can be asked, and for one who has answered no longer', async () => {
    const hq = await founded()
    await restart(hq, { firstWriteWait: FOR_EVER })
    must(await newJob(hq, 'Alone'))
    const tablet = await joined(hq, 'Tablet')
    await restart(tablet, { ...calling(hq), firstWriteWait: FOR_EVER })
    must(await newJob(tablet, 'Asked'))
    await hq.node.close()
    await restart(tablet, { firstWriteWait: 200 })
    must(await newJob(tablet, 'Nobody answered'))
    expect(await causeOf(tablet)).toBeNull()
  })
})

/** The tablet's folder was copied; original and copy each wrote one op, and the original's reached headquarters. */
async function forkedPair(): Promise<{ readonly hq: Place; readonly copy: Place; readonly actor: string }> {
  const hq = await founded()
  const tablet = await joined(hq, 'Tablet')
  must(await newJob(tablet, 'Both'))
  await isShared(tablet)
  await tablet.node.close()
  const data = copied(tablet.data)
  tablet.node = await startDesk(tablet.data)
  must(await newJob(tablet, 'Original'))
  await isShared(tablet)
  const actor = actorOf(tablet)
  await tablet.node.close()
  const copy: Place = { data, node: await startDesk(data, ALONE) }
  must(await newJob(copy, 'Copy'))
  await restart(copy, calling(hq))
  return { hq, copy, actor }
}

describe('a halted device', () => {
  test('WIT-6 writes nothing by any way, says why also after a restart, and goes on showing and receiving', async () => {
    const { hq, copy } = await forkedPair()
    await isForked(copy)
    const { api } = copy.node
    const [row] = must(await api.query('board', {})).rows
    const file = join(scratch(), 'photo.png')
    writeFileSync(file, 'x')
    expect(codeOf(await newJob(copy, 'x'))).toBe('device-halted')
    expect(codeOf(await api.do('import.csv', { content: 'work_order,title\n1,x\n' }))).toBe('device-halted')
    expect(codeOf(await api.do('attachment.add', { record: row?.record ?? '', file }))).toBe('device-halted')
    expect(codeOf(await api.do('parcel.import', { content: 'AA' }))).toBe('device-halted')
    const refused = await newJob(copy, 'x')
    expect(refused).toMatchObject({ ok: false, error: { params: { cause: 'forked' } } })
    expect(refused.ok ? '' : refused.error.hint).toContain('pairing code')
    await restart(copy, ALONE)
    expect(await causeOf(copy)).toBe('forked')
    await restart(copy, calling(hq))
    must(await newJob(hq, 'News'))
    await sees(copy, 'Both', 'News', 'Original')
  })

  test('WIT-7 its own branch goes to nobody, not to one that it meets later either', async () => {
    const { hq, copy, actor } = await forkedPair()
    await isForked(copy)
    const other = await joined(hq, 'Other')
    await other.node.api.do('peer.dial', { address: copy.node.identity().listen ?? '' })
    must(await newJob(hq, 'Signal'))
    await sees(other, 'Both', 'Original', 'Signal')
    await eventually('the link between the two', async () => {
      const { peers } = must(await other.node.api.query('peers', {}))
      return peers.find((peer) => peer.actor === actor && peer.link === 'up') ?? null
    })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    for (const place of [hq, other]) {
      expect(await titlesAt(place)).not.toContain('Copy')
      const { members } = must(await place.node.api.query('members', {}))
      expect(members.find((member) => member.actor === actor)).toMatchObject({ forked: false })
    }
  })
})

describe('joining anew', () => {
  test('WIT-8 a halted device joins under a new key; its unsent work is handed in and can be taken over', async () => {
    const { hq, copy, actor } = await forkedPair()
    await isForked(copy)
    const before = must(await copy.node.api.do('parcel.save', {}))
    expect(before.items).toBe(1)
    must(await copy.node.api.do('preference.set', { key: 'theme', value: 'dark' }))
    const code = await codeFor(hq.node.api, 'Tablet again')
    const again = must(await copy.node.api.do('setup.join', { code, name: 'Tablet again' }))
    expect(again).toMatchObject({ site: hq.node.identity().site, role: 'technician' })
    expect(again.actor).not.toBe(actor)
    expect(await causeOf(copy)).toBeNull()
    const [parcel] = await eventually('the parcel', async () => {
      const { parcels } = must(await hq.node.api.query('parcels', {}))
      return parcels.length > 0 ? parcels : null
    })
    expect(parcel).toMatchObject({ author: actor, name: 'Tablet', cause: 'forked', complete: true })
    expect(parcel?.items).toMatchObject([{ title: 'Copy', state: 'open', obstacle: null }])
    must(await hq.node.api.do('parcel.take', { parcel: parcel?.parcel ?? '', items: [0] }))
    must(await newJob(copy, 'Under the new key'))
    await sees(hq, 'Both', 'Copy', 'Original', 'Under the new key')
    await sees(copy, 'Both', 'Copy', 'Original', 'Under the new key')
    expect(must(await copy.node.api.query('preferences', {})).preferences).toEqual({ theme: 'dark' })
    await restart(copy, ALONE)
    expect(copy.node.identity().actor).toBe(again.actor)
    expect(await causeOf(copy)).toBeNull()
  })

  test('WIT-8 the same by the command line, on a folder that no node runs on', async () => {
    const { hq, copy, actor } = await forkedPair()
    await isForked(copy)
    await copy.node.close()
    const written = await tallydesk(['do', 'job.create', '{"title":"x"}', '--data', copy.data])
    expect(JSON.parse(written.out)).toMatchObject({ error: { code: 'device-halted' } })
    expect(written.code).toBe(1)
    const code = await codeFor(hq.node.api, 'Again')
    const again = await tallydesk(['join', code, '--data', copy.data, '--name', 'Again'])
    expect(again.code, again.out).toBe(0)
    expect(JSON.parse(again.out)).toMatchObject({ role: 'technician' })
    expect(again.out).not.toContain(actor)
    copy.node = await startDesk(copy.data)
    const { parcels } = await eventually('the parcel', async () => {
      const answer = must(await hq.node.api.query('parcels', {}))
      return answer.parcels.length > 0 ? answer : null
    })
    expect(parcels).toMatchObject([{ author: actor, items: [{ title: 'Copy' }] }])
  })

  test('WIT-9 the old identity is put aside whole, never deleted; only what was handed in is owed no more', async () => {
    const { hq, copy } = await forkedPair()
    await isForked(copy)
    const code = await codeFor(hq.node.api, 'Again')
    must(await copy.node.api.do('setup.join', { code, name: 'Again' }))
    await eventually(
      'the parcel',
      async () => must(await hq.node.api.query('parcels', {})).parcels[0] ?? null,
    )
    const [aside] = readdirSync(copy.data).filter((name) => name.startsWith('aside-'))
    expect(readdirSync(join(copy.data, aside ?? '')).toSorted()).toEqual([
      'op-key.pem',
      'tallydesk.db',
      'tls-cert.pem',
      'tls-key.pem',
      'witness.json',
    ])
    expect(readdirSync(join(copy.data, 'owed'))).toEqual([])
    expect(existsSync(join(copy.data, 'next'))).toBe(false)
  })

  test('WIT-10 a code that is refused, or of another site, changes nothing: the device is what it was', async () => {
    const { hq, copy, actor } = await forkedPair()
    await isForked(copy)
    const elsewhere = await founded()
    const join = (code: string) => copy.node.api.do('setup.join', { code, name: 'Again' })
    expect(codeOf(await join('no code'))).toBe('bad-pairing-code')
    expect(codeOf(await join(await codeFor(elsewhere.node.api, 'Wrong')))).toBe('site-mismatch')
    const revoked = must(await hq.node.api.do('invite.create', { role: 'technician', name: 'x' }))
    must(await hq.node.api.do('invite.revoke', { invite: revoked.invite }))
    expect(codeOf(await join(revoked.code))).toBe('pairing-refused')
    expect(await causeOf(copy)).toBe('forked')
    expect(copy.node.identity().actor).toBe(actor)
    must(await join(await codeFor(hq.node.api, 'Again')))
  })

  test('WIT-10 a device in good standing does not join twice', async () => {
    const hq = await founded()
    const tablet = await joined(hq, 'Tablet')
    const code = await codeFor(hq.node.api, 'Twice')
    expect(codeOf(await tablet.node.api.do('setup.join', { code, name: 'Twice' }))).toBe('data-folder-taken')
  })

  test('WIT-11 a turnover that was cut off between any two files is finished at the next start', async () => {
    const { hq, copy, actor } = await forkedPair()
    await isForked(copy)
    await copy.node.close()
    const code = await codeFor(hq.node.api, 'Again')
    const names = ['tallydesk.db', 'op-key.pem', 'tls-key.pem', 'tls-cert.pem']
    const whole: Place = { data: copied(copy.data), node: await startDesk(scratch()) }
    whole.node = await startDesk(whole.data, calling(hq))
    must(await whole.node.api.do('setup.join', { code, name: 'Again' }))
    const again = whole.node.identity().actor
    await whole.node.close()
    for (let moved = 0; moved <= names.length; moved += 1) {
      const data = copied(copy.data)
      cpSync(whole.data, join(data, 'next'), {
        recursive: true,
        filter: (path) => !/aside-|blobs|lock|control|log$/.test(path),
      })
      rmSync(join(data, 'next', 'witness.json'), { force: true })
      writeFileSync(join(data, 'next', 'ready'), 'aside-test')
      for (const name of names.slice(0, moved)) {
        cpSync(join(data, name), join(data, 'aside-test', name))
        rmSync(join(data, name))
        if (name !== names[moved - 1]) cpSync(join(data, 'next', name), join(data, name))
        if (name !== names[moved - 1]) rmSync(join(data, 'next', name))
      }
      const node = await startDesk(data, ALONE)
      expect(node.identity().actor).toBe(again)
      expect(node.identity().actor).not.toBe(actor)
      expect(must(await node.api.query('status', {})).halted).toBeNull()
      await node.close()
      expect(readdirSync(join(data, 'aside-test'))).toContain('tallydesk.db')
    }
  })
})
