import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSnapshot } from '../../main/node/snapshots/reading.ts'
import { SnapshotLoading } from '../../shared/replica/snapshot-loading.ts'
import { scratchFolder } from '../support/node-process.ts'
import { foundSite, must, openDevice, signerFrom } from '../support/replicas.ts'
import { snapshotOf } from '../support/snapshots.ts'

test('CKP-52 taking a snapshot in tells how far it is, from the first row to the last record', async () => {
  const hq = foundSite()
  for (let i = 0; i < 60; i += 1) must(hq.replica.execute('job.create', { title: `Job ${i}` }))
  must(hq.replica.execute('checkpoint.publish', {}))
  const folder = scratchFolder()
  try {
    const path = join(folder.path, 'snapshot')
    writeFileSync(path, Buffer.concat(snapshotOf(hq, 0) ?? []))
    const { world, replica } = openDevice('New', signerFrom('new'), hq.replica.site)
    const shares: number[] = []
    const loading = new SnapshotLoading(world, replica.site, replica.actor)
    const waiting = { isOver: () => false, onShare: (share: number) => void shares.push(share) }
    expect((await readSnapshot(path, loading, waiting)).ok).toBe(true)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    expect(shares[0]).toBeLessThan(0.5)
    expect(shares.filter((share) => share > 0.6 && share < 1)).not.toEqual([])
    expect(shares.at(-1)).toBe(1)
  } finally {
    folder.remove()
  }
})
