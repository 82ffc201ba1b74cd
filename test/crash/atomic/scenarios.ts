/**
 * One scenario for each command: a device on which it can be carried out, and the carrying out. A new command is
 * forgotten nowhere: it needs its line here before the tests are of one type again.
 */
import type { CommandName } from '../../../shared/api/commands.ts'
import { THIS_BUILD } from '../../../shared/op/vocabulary.ts'
import { migrateNodeTables } from '../../../main/store/node-tables.ts'
import { preferencesIn } from '../../../main/store/preferences.ts'
import { editorOf } from '../../support/editor.ts'
import { parcelOf } from '../../support/parcels.ts'
import { foundSite, must, pull, signerFrom, sync } from '../../support/replicas.ts'
import { aSite, newJob, settle } from '../../support/site.ts'
import {
  adoptable,
  asked,
  closing,
  conflicted,
  done,
  late,
  onJob,
  parcelAtDesk,
  PHOTO,
  rowsOf,
  type Job,
  type Scenario,
} from './stage.ts'

/** What changes nothing that is kept: a sentence says why. */
type Keeps = string

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
  'attachment.remove': onJob(({ desk, record }) => {
    const { attachment } = must(desk.replica.attach(record, PHOTO))
    return asked(desk, 'attachment.remove', { record, attachment })
  }),
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
  'checkpoint.publish': () => {
    const { site } = conflicted()
    return asked(site.hq, 'checkpoint.publish', {})
  },
  'rules.raise': () => {
    const hq = foundSite('newer rules', undefined, { ...THIS_BUILD, rules: THIS_BUILD.rules + 1 })
    return asked(hq, 'rules.raise', { version: THIS_BUILD.rules + 1 })
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
  'attachment.fetch': 'bytes have their name only when they are whole',
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
  'node.export': 'it writes another file, complete or absent (KEEP-15)',
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
