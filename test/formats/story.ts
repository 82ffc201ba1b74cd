/** A small site at work with nearly everything that a log can say, the same every time: for the recordings. */
import { packed } from '../../shared/replica/parcel.ts'
import { craft, craftRaw } from '../support/crafting.ts'
import { contentOf } from '../support/parcels.ts'
import { foundSite, joinSite, must, pull, sync, type Device } from '../support/replicas.ts'
import { page } from '../support/site.ts'

export type Told = { readonly hq: Device; readonly desk: Device; readonly parcel: Uint8Array }

export function tellStory(): Told {
  const hq = foundSite('format 1')
  const desk = joinSite(hq, 'Desk', 'supervisor')
  const tablet = joinSite(hq, 'Tablet', 'technician')
  const lost = joinSite(hq, 'Lost tablet', 'technician')
  for (const device of [desk, tablet]) pull(device, hq)
  give(hq, tablet, 'job-number', 20)
  give(hq, desk, 'audit-number', 5)
  pull(tablet, hq)
  const job = must(
    tablet.replica.execute('job.create', {
      title: 'Pump',
      zone: 'North',
      tags: ['hot'],
      tasks: ['Check seal'],
    }),
  )
  workOn(tablet, job.record)
  pull(desk, tablet)
  conflict(desk, tablet, job.record)
  stockAndIncident(hq, desk, tablet, job.record)
  const parcel = handIn(hq, desk, lost, job.record)
  close(hq, tablet, job.record)
  const late = must(
    desk.replica.execute('field.set', { record: job.record, field: 'title', value: 'Too late' }),
  ).op
  sync(hq, desk)
  must(desk.replica.execute('review.dismiss', { op: late, reason: 'closed before' }))
  must(hq.replica.execute('policy.set', { max_bytes: 5_000_000, types: ['image/*'] }))
  must(hq.replica.execute('member.setRole', { actor: tablet.replica.actor, role: 'supervisor' }))
  must(hq.replica.importRows('erp', [importRow()]))
  pull(hq, desk)
  // Of a version to come: held.
  craftRaw(tablet, [[63, 'of a later version']])
  craft(tablet, [{ type: 'ruleVersion', version: 2 }])
  pull(hq, tablet)
  must(hq.replica.execute('checkpoint.publish', {}))
  must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
  pull(desk, hq)
  return { hq, desk, parcel }
}

const importRow = (): Parameters<Device['replica']['importRows']>[1][number] => ({
  line: 2,
  key: 'WO-1042',
  title: 'Belt',
  zone: 'South',
  tags: [],
  text: 'WO-1042,Belt,South',
})

function give({ replica }: Device, to: Device, right: string, amount: number): void {
  must(replica.execute('right.transfer', { right, amount, to: to.replica.actor }))
}

function workOn(tablet: Device, record: string): void {
  const { replica } = tablet
  const [task] = page(tablet, record).tasks
  must(replica.execute('task.tick', { record, task: task?.task ?? '' }))
  const { note } = must(replica.execute('note.add', { record, text: 'Seal is worn\nOrder a new one' }))
  must(replica.execute('note.edit', { record, note, text: 'Seal is worn\nOrdered a new one' }))
  must(replica.execute('tally.add', { record, field: 'labour', amount: 45 }))
  must(replica.execute('field.set', { record, field: 'label', value: 'blue' }))
  must(replica.execute('set.remove', { record, field: 'tags', key: 'hot' }))
  const { task: second } = must(replica.execute('task.add', { record, text: 'Not needed' }))
  must(replica.execute('task.remove', { record, task: second }))
}

function conflict(desk: Device, tablet: Device, record: string): void {
  must(desk.replica.execute('field.set', { record, field: 'title', value: 'Pump at dock 1' }))
  must(tablet.replica.execute('field.set', { record, field: 'title', value: 'Pump 1' }))
  sync(desk, tablet)
  const values = page(desk, record).fields.title?.values ?? []
  must(
    desk.replica.execute('conflict.resolve', {
      choices: [{ record, field: 'title', pick: values[0]?.dot ?? '' }],
    }),
  )
  must(desk.replica.execute('field.set', { record, field: 'priority', value: 'high' }))
  must(tablet.replica.execute('field.set', { record, field: 'priority', value: 'low' }))
}

function stockAndIncident(hq: Device, desk: Device, tablet: Device, record: string): void {
  const item = must(hq.replica.execute('stock.create', { name: 'Seal', quantity: 10 })).record
  give(hq, tablet, `stock:${item}`, 4)
  pull(tablet, hq)
  must(tablet.replica.execute('right.spend', { right: `stock:${item}`, amount: 1, record }))
  const incident = must(desk.replica.execute('incident.create', { title: 'Oil on the floor' })).record
  must(desk.replica.execute('incident.sign', { record: incident }))
  const { request } = must(desk.replica.execute('request.numbers', { right: 'enrol', amount: 2 }))
  must(desk.replica.execute('request.withdraw', { request }))
  sync(desk, tablet)
  sync(hq, desk)
  must(hq.replica.execute('right.reclaim', { right: `stock:${item}`, actor: tablet.replica.actor }))
}

function handIn(hq: Device, desk: Device, lost: Device, record: string): Uint8Array {
  sync(lost, hq)
  must(lost.replica.execute('task.add', { record, text: 'Clean up' }))
  const stale = must(lost.replica.execute('field.set', { record, field: 'due', value: '2026-02-01' })).op
  const [parcel] = packed(contentOf(lost))
  if (!parcel) throw new Error('there is unsent work')
  must(hq.replica.execute('member.cut', { actor: lost.replica.actor, reason: 'lost' }))
  pull(hq, lost)
  pull(desk, hq)
  must(desk.replica.execute('review.adopt', { op: stale }))
  const handed = must(desk.replica.handIn(parcel))
  must(desk.replica.execute('parcel.dismiss', { parcel: handed.parcel, items: [0], reason: 'done already' }))
  sync(hq, desk)
  return parcel
}

function close(hq: Device, tablet: Device, record: string): void {
  sync(tablet, hq)
  must(
    tablet.replica.execute('conflict.resolve', { choices: [{ record, field: 'priority', value: 'high' }] }),
  )
  must(tablet.replica.execute('request.close', { record }))
  pull(hq, tablet)
  hq.replica.decideWaiting(10)
  pull(tablet, hq)
}
