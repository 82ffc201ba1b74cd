/** One device at two places: each edits the same note from the same copy. */
import { copyOf, must, type Device } from './replicas.ts'

export function editedBy(
  device: Device,
  record: string,
  note: string,
  [a, b]: readonly [string, string],
): [Device, Device] {
  const pair: [Device, Device] = [copyOf(device), copyOf(device)]
  for (const [i, text] of [a, b].entries())
    must((pair[i] ?? device).replica.execute('note.edit', { record, note, text }))
  return pair
}
