/** The authority is lost: with the recovery key a supervisor's device takes its place. */
import { expect, test } from 'vitest'
import { recoverySigner } from '../../main/store/recovery-key.ts'
import { tallydesk } from './command.ts'
import { codeOf, eventually, must } from './desks.ts'
import {
  actorOf,
  calling,
  codeFor,
  founded,
  isLinked,
  isShared,
  joined,
  memberAt,
  newJob,
  restart,
  sees,
  statusOf,
  type Place,
} from './places.ts'

/** The authority is alone and need not be waited for. */
const SOON = { authorityWait: 200 }

const authorityAt = async (place: Place): Promise<string> => (await statusOf(place)).authority.actor

const recover = ({ node }: Place, key: string) => node.api.do('site.recover', { key })

test('RCV-1 the key is the one that init printed, spaces around it or not; another text is none', async () => {
  const { recovery } = await founded()
  expect(recovery).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(recoverySigner(recovery)?.publicKey).toEqual(recoverySigner(`  ${recovery}\n`)?.publicKey)
  for (const text of ['', 'key', `${recovery}AAAA`, recovery.slice(1), `${recovery.slice(0, -1)}!`])
    expect(recoverySigner(text)).toBeNull()
})

test('RCV-1 a wrong key is refused in words, and so are a technician, the authority itself and a halted device', async () => {
  const hq = await founded()
  const other = await founded()
  const desk = await joined(hq, 'Desk', 'supervisor')
  const tablet = await joined(hq, 'Tablet')
  const before = (await statusOf(desk)).log.ops
  expect(codeOf(await recover(desk, other.recovery))).toBe('bad-recovery-key')
  expect(codeOf(await recover(desk, 'no key'))).toBe('bad-recovery-key')
  expect((await statusOf(desk)).log.ops).toBe(before)
  expect(codeOf(await recover(tablet, hq.recovery))).toBe('not-permitted')
  expect(codeOf(await recover(hq, hq.recovery))).toBe('already-authority')
  await restart(desk, { network: null, machine: 'platform:one' })
  await restart(desk, { network: null, machine: 'platform:two' })
  expect(codeOf(await recover(desk, hq.recovery))).toBe('device-halted')
  expect(await authorityAt(hq)).toBe(actorOf(hq))
})

test('RCV-2 the desk becomes the authority for everybody who hears of it: it decides, admits and cuts', async () => {
  const hq = await founded()
  const desk = await joined(hq, 'Desk', 'supervisor')
  const tablet = await joined(hq, 'Tablet')
  must(await newJob(hq, 'From before'))
  await sees(desk, 'From before')
  await sees(tablet, 'From before')
  const lost = actorOf(hq)
  await hq.node.close()
  await restart(desk, SOON)
  const done = must(await recover(desk, ` ${hq.recovery} `))
  expect(done).toMatchObject({ actor: actorOf(desk), before: lost })
  expect(await authorityAt(desk)).toBe(actorOf(desk))
  expect((await statusOf(desk)).wan.state).toBe('self')
  await restart(tablet, calling(desk))
  await eventually('the new authority at the tablet', async () =>
    (await authorityAt(tablet)) === actorOf(desk) ? true : null,
  )
  const { record } = must(await newJob(tablet, 'Pump'))
  must(await tablet.node.api.do('request.close', { record }))
  await eventually('a decision by the new authority', async () => {
    const { requests } = must(await tablet.node.api.query('requests', {}))
    return requests.find((row) => row.record === record && row.state === 'accepted') ?? null
  })
  const third = await joined(desk, 'Third')
  await sees(third, 'From before', 'Pump')
  must(await desk.node.api.do('member.cut', { actor: lost, reason: 'broken' }))
  expect(await memberAt(desk, lost)).toMatchObject({ cut: true })
})

test('RCV-3 the lost authority, found again, hears of it, and joins anew as anybody', async () => {
  const hq = await founded()
  const desk = await joined(hq, 'Desk', 'supervisor')
  await isShared(desk)
  await isLinked(hq, desk)
  await hq.node.close()
  await restart(desk, SOON)
  must(await recover(desk, hq.recovery))
  await restart(hq, calling(desk))
  await eventually('the new authority at the old one', async () =>
    (await authorityAt(hq)) === actorOf(desk) ? true : null,
  )
  expect(codeOf(await hq.node.api.do('invite.create', { role: 'edge', name: 'x' }))).toBe('not-authority')
  must(await desk.node.api.do('member.cut', { actor: actorOf(hq), reason: 'was lost' }))
  await eventually('the word of the cut', async () => (await statusOf(hq)).cut)
  must(await hq.node.api.do('setup.join', { code: await codeFor(desk.node.api, 'Old HQ'), name: 'Old HQ' }))
  must(await newJob(hq, 'As anybody'))
  await sees(desk, 'As anybody')
})

test('RCV-5 handed over in peace, the role passes without a restart: the new authority decides and invites, the old one no more', async () => {
  const hq = await founded(SOON)
  const desk = await joined(hq, 'Desk', 'supervisor', SOON)
  await isLinked(hq, desk)
  must(await hq.node.api.do('site.handover', { actor: actorOf(desk) }))
  await eventually('the role at the desk', async () =>
    (await authorityAt(desk)) === actorOf(desk) ? true : null,
  )
  const tablet = await joined(desk, 'Tablet')
  expect(codeOf(await hq.node.api.do('invite.create', { role: 'technician', name: 'x' }))).toBe(
    'not-authority',
  )
  const { record } = must(await newJob(tablet, 'Pump'))
  must(await tablet.node.api.do('request.close', { record }))
  await eventually('a decision', async () => {
    const { requests } = must(await desk.node.api.query('requests', {}))
    return requests.find((row) => row.record === record && row.state === 'accepted') ?? null
  })
})

test('RCV-4 tallydesk recover: what it did and what follows, for people and as JSON; the key also from standard input', async () => {
  const hq = await founded()
  const desk = await joined(hq, 'Desk', 'supervisor')
  const [actor, lost] = [actorOf(desk), actorOf(hq)]
  await Promise.all([hq.node.close(), desk.node.close()])
  const line = ['recover', '--data', desk.data, '--key']
  const wrong = await tallydesk([...line, 'A'.repeat(43)])
  expect(wrong.code).toBe(1)
  expect(wrong.err).toContain('not the recovery key of this site')
  expect((await tallydesk(['recover', '--data', desk.data])).code).toBe(2)
  const done = await tallydesk([...line, '-', '--json'], `${hq.recovery}\n`)
  expect(done.code, done.out).toBe(0)
  expect(JSON.parse(done.out)).toMatchObject({ actor, before: lost })
  const again = await tallydesk([...line, hq.recovery])
  expect(again.err).toContain('authority of the site already')
})

test('RCV-4 for people it says what follows', async () => {
  const hq = await founded()
  const desk = await joined(hq, 'Desk', 'supervisor')
  await Promise.all([hq.node.close(), desk.node.close()])
  const done = await tallydesk(['recover', '--data', desk.data, '--key', hq.recovery])
  expect(done.code, done.err).toBe(0)
  expect(done.out).toContain('is the authority of its site now')
  expect(done.out).toContain('does not count any more')
  expect(done.out).not.toContain(hq.recovery)
})
