/** What a device's own chain waits for before its first op of a start. */
import { expect, test } from 'vitest'
import { OwnChain } from '../../main/node/own-chain.ts'
import type { Witness } from '../../main/store/witness.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import { foundSite } from '../support/replicas.ts'

const FULL = new TallydeskError('disk-full')

test('KEEP-22 nothing is written before the witness says that the last end is over, however full the disk is', () => {
  const { replica } = foundSite()
  const ended = { actor: replica.actor, seq: replica.ownSeq(), machine: null, halted: null, final: true }
  let kept: Witness = ended
  const disk = { full: true }
  const own = new OwnChain({
    replica,
    machine: null,
    clock: { now: () => 7 },
    witness: {
      read: () => kept,
      write: (witness) => {
        if (disk.full) throw FULL
        kept = witness
      },
    },
    onHalted: () => undefined,
    onHealed: () => undefined,
    onFailure: () => undefined,
  })
  expect(own.begun()).toEqual({ ok: false, error: FULL })
  expect(kept).toEqual(ended)
  disk.full = false
  expect(own.begun().ok).toBe(true)
  expect(kept).toEqual({ ...ended, final: false })
  disk.full = true
  expect(own.begun().ok).toBe(true)
  own.stop()
})
