/** A former authority goes on as if it had never handed its role on, and names a snapshot of that. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openMachine } from '../../main/node/machine.ts'
import { Beginning, startIn } from '../../main/node/snapshots/beginning.ts'
import type { OpId } from '../../shared/model/ids.ts'
import { openReplica } from '../../shared/replica/replica.ts'
import { scratchFolder } from '../support/node-process.ts'
import { copyOf, must, pull } from '../support/replicas.ts'
import { aSite, newJob } from '../support/site.ts'
import { snapshotOf } from '../support/snapshots.ts'

test('CKP-43 a snapshot of one who had handed the role on takes the place of nothing where that is known', async () => {
  const folder = scratchFolder()
  const machine = await openMachine(join(folder.path, 'data'))
  try {
    const { hq, desk } = aSite()
    const stale = copyOf(hq)
    must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
    pull(desk, hq)
    const record = newJob(desk)
    const old = openReplica(machine.world, machine.signer, hq.replica.site)
    pull({ replica: old }, desk)
    newJob(stale)
    const { op } = must(stale.replica.execute('checkpoint.publish', {}))
    const writer = await machine.blobs.begin()
    for (const part of snapshotOf(stale, 0) ?? []) await writer.write(part)
    const { sha256, size } = await writer.finish()
    expect(stale.replica.snapshotMade(op as OpId, sha256, size)).toBe(true)
    const run = stale.replica.snapshotRun()
    const start = run && startIn(run)
    if (!start) throw new Error('it is named')
    const waiting = { isOver: () => false, onShare: () => undefined }
    const from = await Beginning.from(machine, old, start, waiting)
    if (!from.ok) throw new Error(from.error)
    const begun = from.value
    await begun.takeAlong(old, () => false)
    expect(begun.finish(old)).toBe('who made it had handed the role on')
    begun.abandon()
    for (const end of ['.begun', '.begun.unfinished'])
      expect(existsSync(machine.paths.database + end)).toBe(false)
    expect(old.authority()).toBe(desk.replica.actor)
    expect(old.query('record', { record }, { why: null, since: null }).ok).toBe(true)
  } finally {
    machine.close()
    folder.remove()
  }
})
