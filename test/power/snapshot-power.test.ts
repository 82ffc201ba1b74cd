/** Power loss while a device begins anew from a snapshot: the old database goes only once the new one is durable. */
import { afterAll, expect, test } from 'vitest'
import { seededDice } from '../../main/demo/dice.ts'
import { calling, logOf, start, until, wear } from '../crash/snapshots.ts'
import { answered, scratchFolder } from '../support/node-process.ts'
import { Record } from './cuts.ts'
import { ALL_LOST, chosenBy } from './disk.ts'
import { compileRecorder, Recorded } from './recording.ts'

const CUTS = 80
const folder = scratchFolder()

afterAll(() => folder.remove())

test(`CKP-39 wherever the power goes, ${CUTS} times, a device that begins anew has all that it had told`, async () => {
  const tablet = new Recorded(compileRecorder(folder.path), folder.path, 'tablet')
  const hq = await start(`${folder.path}/hq`, calling(), 0)
  try {
    answered(await hq.api.do('setup.init', { site: 'Power', name: 'HQ' }))
    const { record } = answered(await hq.api.do('job.create', { title: 'Pump' }))
    const { code } = answered(await hq.api.do('invite.create', { role: 'technician', name: 'Tablet' }))
    const peer = ['--peer', hq.identity().listen ?? '']
    const joining = await tablet.run(...peer)
    answered(await joining.client.do('setup.join', { code, name: 'Tablet' }))
    await until('the job', async () => (await joining.client.query('record', { record })).ok)
    await joining.kill()
    await wear(hq.api, record)
    answered(await hq.api.do('checkpoint.publish', {}))
    await until('the drop', async () => {
      const { log } = answered(await hq.api.query('status', {}))
      return log.bytes < log.ops * 100
    })
    const back = await tablet.run(...peer)
    for (let i = 0; i < 5; i += 1) answered(await back.client.do('job.create', { title: `Meanwhile ${i}` }))
    await until('that it begins anew', () => logOf(tablet.data).includes('goes on from a snapshot'))
    for (let i = 0; i < 5; i += 1) answered(await back.client.do('job.create', { title: `Anew ${i}` }))
    await back.stop()
  } finally {
    await hq.close()
  }
  const dice = seededDice(20_272)
  const kept = new Record(tablet)
  const fates = () => [dice() < 0.5 ? ALL_LOST : chosenBy(dice)]
  const cuts = await kept.cut(kept.moments(CUTS, dice), fates)
  expect(cuts.filter(({ faults }) => faults.length > 0)).toEqual([])
  expect(cuts).toHaveLength(CUTS)
}, 300_000)
