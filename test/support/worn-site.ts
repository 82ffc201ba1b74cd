/** A site that goes on without some of its devices, until what those lack is final and no longer kept. */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import { answered } from './node-process.ts'

/** As many as a snapshot is made for. */
export const EDITS = 1_000

type Asked = Pick<DeskApi, 'do' | 'query'>

/** A title that is edited again and again; all of it made final once who is there has it too. */
export async function workOn(
  authority: Asked,
  record: string,
  untilShared: () => Promise<unknown>,
): Promise<void> {
  for (let i = 1; i <= EDITS; i += 1)
    answered(await authority.do('field.set', { record, field: 'title', value: `Pump, seen ${i} times` }))
  await untilShared()
  answered(await authority.do('checkpoint.publish', {}))
}

/** How many changes a device keeps no more. */
export async function clearedAt(device: Asked): Promise<number> {
  return answered(await device.query('status', {})).checkpoint?.history.cleared ?? 0
}
