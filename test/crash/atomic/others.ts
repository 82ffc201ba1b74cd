/** Scenarios of what a device does without a command: by itself, or for a peer. */
import { copyOf, must, pull, signerFrom, type Device } from '../../support/replicas.ts'
import { aSite, newJob, setTitle, settle } from '../../support/site.ts'
import { closing, done, jobAt, PHOTO, type Outcome, type Scenario } from './stage.ts'

export const OTHERS: Readonly<Record<string, () => Scenario>> = {
  'a received run': () => {
    const { desk, tablet } = aSite()
    const { record } = jobAt(tablet)
    setTitle(tablet, record, 'Big pump')
    return { device: desk, act: ({ replica }) => received(replica, tablet) }
  },
  'a received run whose causes are missing': () => {
    const { hq, desk, tablet } = aSite()
    newJob(hq)
    pull(tablet, hq)
    newJob(tablet)
    const [run] = tablet.replica.runsAfter(hq.replica.heads(), 0, { ops: 9, bytes: 1 << 20 }).runs
    return { device: desk, act: ({ replica }) => (run && replica.receive(run, tablet.replica.actor), done()) }
  },
  'a received run that brings what others waited for': () => {
    const { hq, desk, tablet } = aSite()
    newJob(hq)
    pull(tablet, hq)
    const before = desk.replica.heads()
    newJob(tablet)
    const runs = tablet.replica.runsAfter(before, 0, { ops: 9, bytes: 1 << 20 }).runs
    for (const run of runs.slice(1)) desk.replica.receive(run, tablet.replica.actor)
    return { device: desk, act: ({ replica }) => received(replica, hq) }
  },
  'an acknowledgement': () => {
    const { desk, tablet } = aSite()
    newJob(desk)
    const heads = desk.replica.heads()
    const peer = tablet.replica.actor
    return { device: desk, act: ({ replica }) => (replica.acknowledged(peer, heads), done()) }
  },
  'the authority’s cursor, signed': () => {
    const { hq } = aSite()
    newJob(hq)
    return { device: hq, act: ({ replica }) => (replica.authorityCursor(), done()) }
  },
  'the authority’s cursor, received': () => {
    const { hq, desk } = aSite()
    newJob(hq)
    pull(desk, hq)
    const cursor = hq.replica.authorityCursor() ?? new Uint8Array()
    return { device: desk, act: ({ replica }) => (replica.receiveAuthorityCursor(cursor), done()) }
  },
  'a decision of the authority': () => {
    const { site } = closing()
    return { device: site.hq, act: ({ replica }) => (replica.decideWaiting(1), done()) }
  },
  'several decisions of the authority': () => {
    const { site } = closing()
    must(site.tablet.replica.execute('request.numbers', { right: 'job-number', amount: 5 }))
    pull(site.hq, site.tablet)
    return { device: site.hq, act: ({ replica }) => (replica.decideWaiting(5), done()) }
  },
  'an admission': () => {
    const { hq } = aSite()
    const { publicKey } = signerFrom('a new tablet')
    const admission = { opKey: publicKey, tlsKeyHash: publicKey, name: 'New', person: 'New' }
    return { device: hq, act: ({ replica }) => replica.admit({ ...admission, role: 'technician' }) }
  },
  'numbers asked for by itself': () => {
    const { hq, desk } = aSite()
    must(hq.replica.execute('right.transfer', { right: 'job-number', amount: 2, to: desk.replica.actor }))
    newJob(desk)
    pull(desk, hq)
    return { device: desk, act: ({ replica }) => (replica.replenish(), replica.replenish(), done()) }
  },
  'a policy carried out': () => {
    const { hq } = aSite()
    const record = newJob(hq)
    must(hq.replica.attach(record, PHOTO))
    must(hq.replica.execute('policy.set', { max_bytes: 10 }))
    return { device: hq, act: ({ replica }) => (replica.retain(), done()) }
  },
  'a forked device cut': () => {
    const { hq, tablet } = aSite()
    const twin = copyOf(tablet)
    newJob(tablet, [], 'One life')
    newJob(twin, [], 'Another life')
    pull(hq, tablet)
    pull(hq, twin)
    return { device: hq, act: ({ replica }) => (replica.cutForked(), done()) }
  },
  'slices of work put off': () => {
    const site = aSite()
    for (let i = 0; i < 30; i += 1) newJob(site.tablet, ['Drain'])
    settle(site)
    must(site.hq.replica.execute('member.cut', { actor: site.tablet.replica.actor, reason: 'Lost' }))
    const work = ({ replica }: Device): Outcome => {
      while (replica.work());
      return done()
    }
    const [run] = site.hq.replica.runsAfter(site.desk.replica.heads(), 0, { ops: 9, bytes: 1 << 20 }).runs
    if (run) site.desk.replica.receive(run, site.hq.replica.actor)
    return { device: site.desk, act: work }
  },
}

/** All that one device has and the other lacks. */
function received(replica: Device['replica'], from: Device): Outcome {
  const { runs } = from.replica.runsAfter(replica.heads(), 0, { ops: 64, bytes: 1 << 20 })
  for (const run of runs) replica.receive(run, from.replica.actor)
  return done()
}
