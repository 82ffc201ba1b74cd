/**
 * One scenario for each command: a device on which it can be carried out, and the carrying out. A new command is
 * forgotten nowhere: it needs its line here before the tests are of one type again.
 */
import type { CommandInput, CommandName, SiteCommandName } from '../../../shared/api/commands.ts'
import type { ImportRow } from '../../../shared/replica/contract.ts'
import { migrateNodeTables } from '../../../main/store/node-tables.ts'
import { preferencesIn } from '../../../main/store/preferences.ts'
import { editorOf } from '../../support/editor.ts'
import { handedIn, parcelOf } from '../../support/parcels.ts'
import { copyOf, must, pull, signerFrom, sync, type Device } from '../../support/replicas.ts'
import { aSite, newJob, page, setTitle, settle, type Site } from '../../support/site.ts'

type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: Error }

export type Scenario = {
  /** As it stands before; the carrying out is played on copies of it. */
  readonly device: Device
  readonly act: (device: Device) => Outcome
}

/** What changes nothing that is kept: a sentence says why. */
type Keeps = string

const done = (): Outcome => ({ ok: true })

const asked = <C extends SiteCommandName>(device: Device, command: C, input: CommandInput<C>): Scenario => ({
  device,
  act: ({ replica }) => replica.execute(command, input),
})

/** On a job with two tasks, one of them ticked, a tag, a note and labour, at the desk. */
const onJob =
  (make: (job: Job, site: Site) => Scenario): (() => Scenario) =>
  () => {
    const site = aSite()
    return make(jobAt(site.desk), site)
  }

type Job = {
  readonly desk: Device
  readonly record: string
  readonly task: string
  readonly ticked: string
  readonly note: string
}

function jobAt(desk: Device): Job {
  const record = newJob(desk, ['Drain', 'Refill'])
  const [task, ticked] = page(desk, record).tasks.map((one) => one.task)
  must(desk.replica.execute('task.tick', { record, task: ticked ?? '' }))
  must(desk.replica.execute('set.add', { record, field: 'tags', key: 'urgent' }))
  const { note } = must(desk.replica.execute('note.add', { record, text: 'It drips.\nAt the flange.' }))
  return { desk, record, task: task ?? '', ticked: ticked ?? '', note }
}

/** A title set apart by the tablet and by the desk: a conflict, at the desk. */
function conflicted(): { readonly site: Site; readonly record: string; readonly pick: string } {
  const site = aSite()
  const record = newJob(site.hq)
  settle(site)
  setTitle(site.tablet, record, 'Dock 3')
  setTitle(site.desk, record, 'Dock 4')
  settle(site)
  const pick = page(site.desk, record).fields.title?.values[0]?.dot ?? ''
  return { site, record, pick }
}

/** The desk asked headquarters to close a job. */
function closing(): { readonly site: Site; readonly record: string; readonly request: string } {
  const site = aSite()
  const record = newJob(site.desk)
  const { request } = must(site.desk.replica.execute('request.close', { record }))
  pull(site.hq, site.desk)
  return { site, record, request }
}

/** The closing was accepted, and then the tablet's late title came in, at the desk. */
function late(): { readonly site: Site; readonly record: string; readonly op: string } {
  const site = aSite()
  const record = newJob(site.desk)
  settle(site)
  const op = setTitle(site.tablet, record, 'Too late')
  must(site.desk.replica.execute('request.close', { record }))
  pull(site.hq, site.desk)
  site.hq.replica.decideWaiting(5)
  settle(site)
  return { site, record, op }
}

/** The late title may be adopted: the job is open again. */
function adoptable(): Scenario {
  const { site, record, op } = late()
  must(site.desk.replica.execute('request.reopen', { record }))
  pull(site.hq, site.desk)
  site.hq.replica.decideWaiting(5)
  settle(site)
  return asked(site.desk, 'review.adopt', { op })
}

const PHOTO = { name: 'flange.png', mime: 'image/png', size: 1000, sha256: 'ab'.repeat(32) }

function parcelAtDesk(): { readonly site: Site; readonly parcel: string } {
  const site = aSite()
  const record = newJob(site.tablet, ['Drain'])
  setTitle(site.tablet, record, 'Big pump')
  must(site.tablet.replica.execute('note.add', { record, text: 'It drips.' }))
  return { site, parcel: handedIn(site) }
}

const rowsOf = (count: number): ImportRow[] =>
  Array.from({ length: count }, (_, i) => ({
    line: i + 2,
    key: `W-${i}`,
    title: `Order ${i}`,
    tags: [],
    text: '',
  }))

export const SCENARIOS: Readonly<Record<CommandName, (() => Scenario) | Keeps>> = {
  'job.create': () => {
    const { hq, desk } = aSite()
    must(hq.replica.execute('right.transfer', { right: 'job-number', amount: 50, to: desk.replica.actor }))
    pull(desk, hq)
    return asked(desk, 'job.create', {
      title: 'Pump',
      zone: 'North',
      tags: ['seal'],
      tasks: ['Drain', 'Refill'],
    })
  },
  'case.create': () => asked(aSite().desk, 'case.create', { title: 'Missing pallet', tags: ['seal'] }),
  'incident.create': () => asked(aSite().desk, 'incident.create', { title: 'Slip' }),
  'stock.create': () => asked(aSite().hq, 'stock.create', { name: 'Seals', quantity: 20 }),
  'field.set': onJob(({ desk, record }) =>
    asked(desk, 'field.set', { record, field: 'title', value: 'Big pump' }),
  ),
  'set.add': onJob(({ desk, record }) => asked(desk, 'set.add', { record, field: 'tags', key: 'belt' })),
  'set.remove': onJob(({ desk, record }) =>
    asked(desk, 'set.remove', { record, field: 'tags', key: 'urgent' }),
  ),
  'task.add': onJob(({ desk, record }) => asked(desk, 'task.add', { record, text: 'Paint' })),
  'task.tick': onJob(({ desk, record, task }) => asked(desk, 'task.tick', { record, task })),
  'task.untick': onJob(({ desk, record, ticked }) => asked(desk, 'task.untick', { record, task: ticked })),
  'task.remove': onJob(({ desk, record, task }) => asked(desk, 'task.remove', { record, task })),
  'note.add': onJob(({ desk, record }) =>
    asked(desk, 'note.add', { record, text: `${'Long. '.repeat(12_000)}\nEnd.` }),
  ),
  'note.edit': onJob(({ desk, record, note }) =>
    asked(desk, 'note.edit', { record, note, text: 'It dripped.' }),
  ),
  'note.remove': onJob(({ desk, record, note }) => asked(desk, 'note.remove', { record, note })),
  'text.edit': onJob(typed),
  'tally.add': onJob(({ desk, record }) => asked(desk, 'tally.add', { record, field: 'labour', amount: 15 })),
  'conflict.resolve': () => {
    const { site, record, pick } = conflicted()
    return asked(site.desk, 'conflict.resolve', { choices: [{ record, field: 'title', pick }] })
  },
  'conflict.restore': () => {
    const { site, record, pick } = conflicted()
    const choices = [{ record, field: 'title', pick }]
    const { op } = must(site.desk.replica.execute('conflict.resolve', { choices }))
    return asked(site.desk, 'conflict.restore', { op })
  },
  'request.close': onJob(({ desk, record }) => asked(desk, 'request.close', { record })),
  'request.reopen': () => {
    const { site, record } = late()
    return asked(site.desk, 'request.reopen', { record })
  },
  'request.numbers': () => asked(aSite().desk, 'request.numbers', { right: 'job-number', amount: 5 }),
  'request.stock': () => {
    const { hq, desk } = aSite()
    const { record } = must(hq.replica.execute('stock.create', { name: 'Seals', quantity: 20 }))
    pull(desk, hq)
    return asked(desk, 'request.stock', { item: record, amount: 5 })
  },
  'request.role': () => {
    const { desk, tablet } = aSite()
    return asked(desk, 'request.role', { actor: tablet.replica.actor, role: 'supervisor' })
  },
  'request.cut': () => {
    const { desk, tablet } = aSite()
    return asked(desk, 'request.cut', { actor: tablet.replica.actor, reason: 'Lost' })
  },
  'request.check': onJob(({ desk, record }) => {
    const { attachment } = must(desk.replica.attach(record, PHOTO))
    return asked(desk, 'request.check', { record, attachment })
  }),
  'request.withdraw': () => {
    const { site, request } = closing()
    return asked(site.desk, 'request.withdraw', { request })
  },
  decide: () => {
    const { site, request } = closing()
    return asked(site.hq, 'decide', { request, accept: true })
  },
  'right.transfer': () => {
    const { hq, desk } = aSite()
    return asked(hq, 'right.transfer', { right: 'audit-number', amount: 30, to: desk.replica.actor })
  },
  'right.spend': () => {
    const { hq, desk } = aSite()
    const { record } = must(hq.replica.execute('stock.create', { name: 'Seals', quantity: 20 }))
    must(
      hq.replica.execute('right.transfer', { right: `stock:${record}`, amount: 5, to: desk.replica.actor }),
    )
    pull(desk, hq)
    return asked(desk, 'right.spend', { right: `stock:${record}`, amount: 2 })
  },
  'right.reclaim': () => {
    const { hq, desk } = aSite()
    must(hq.replica.execute('right.transfer', { right: 'audit-number', amount: 30, to: desk.replica.actor }))
    return asked(hq, 'right.reclaim', { right: 'audit-number', actor: desk.replica.actor })
  },
  'incident.sign': () => {
    const { desk } = aSite()
    const { record } = must(desk.replica.execute('incident.create', { title: 'Slip' }))
    return asked(desk, 'incident.sign', { record })
  },
  'review.adopt': adoptable,
  'review.dismiss': () => {
    const { site, op } = late()
    return asked(site.desk, 'review.dismiss', { op, reason: 'Done twice' })
  },
  'parcel.take': () => {
    const { site, parcel } = parcelAtDesk()
    return asked(site.desk, 'parcel.take', { parcel, items: [0, 1, 2] })
  },
  'parcel.dismiss': () => {
    const { site, parcel } = parcelAtDesk()
    return asked(site.desk, 'parcel.dismiss', { parcel, items: [0], reason: 'Done twice' })
  },
  'member.setRole': () => {
    const { hq, tablet } = aSite()
    return asked(hq, 'member.setRole', { actor: tablet.replica.actor, role: 'supervisor' })
  },
  'member.cut': () => {
    const site = aSite()
    newJob(site.tablet, ['Drain'])
    settle(site)
    return asked(site.hq, 'member.cut', { actor: site.tablet.replica.actor, reason: 'Lost' })
  },
  'site.handover': () => {
    const { hq, desk } = aSite()
    newJob(desk)
    sync(hq, desk)
    return asked(hq, 'site.handover', { actor: desk.replica.actor })
  },
  'fact.revoke': () => {
    const { site, pick } = conflicted()
    return asked(site.hq, 'fact.revoke', { dot: pick, reason: 'It was pump 9' })
  },
  'policy.set': () => asked(aSite().hq, 'policy.set', { max_bytes: 1000, types: ['image/*'] }),

  'site.recover': () => {
    const { desk } = aSite()
    return { device: desk, act: ({ replica }) => replica.recover(signerFrom('a small warehouse/recovery')) }
  },
  'attachment.add': onJob(({ desk, record }) => ({
    device: desk,
    act: ({ replica }) => replica.attach(record, PHOTO),
  })),
  'text.open': onJob(({ desk, record, note }) => ({
    device: desk,
    act: ({ replica }) => replica.openText(record, note),
  })),
  'import.csv': () => ({
    device: aSite().desk,
    act: ({ replica }) => replica.importRows('orders', rowsOf(21)),
  }),
  'parcel.import': () => {
    const { desk, tablet } = aSite()
    newJob(tablet, ['Drain'])
    const parcel = parcelOf(tablet)
    return { device: desk, act: ({ replica }) => replica.handIn(parcel) }
  },
  'preference.set': () => {
    const { desk } = aSite()
    migrateNodeTables(desk.sql)
    return { device: desk, act: ({ sql }) => (preferencesIn(sql).set('theme', 'dark'), done()) }
  },

  'setup.init': 'a founding has a test of its own',
  'setup.join': 'what it learns is one row, and the log comes by sync: "a received run"',
  'setup.demo': 'the demo has a folder of its own that goes with it',
  'invite.create':
    'an invitation is kept in memory, and its admission is a command of the engine: "an admission"',
  'invite.revoke': 'an invitation is kept in memory',
  'peer.dial': 'an address is remembered once it has answered',
  'network.set': 'switches hold for this start',
  'demo.wan': 'switches of the demo hold for this start',
  'demo.tablet': 'switches of the demo hold for this start',
  'node.doctor': 'it changes nothing',
  'node.backup': 'it writes another file, complete or absent (STO-6)',
  'parcel.save': 'it writes another file, complete or absent',
}

/** A line taken out of a note by an editor. */
function typed({ desk, record, note }: Job): Scenario {
  const type = editorOf(desk, record, note)
  return asked(
    desk,
    'text.edit',
    type((fragment) => fragment.delete(0, 1)),
  )
}

/** What is done without being asked, or by peers. */
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
