/** The line to a node of the demo, by its control file. */
import { openControlClient, type ControlClient } from '../node/control-client.ts'
import { readControlFile } from '../node/control-file.ts'
import { dataPaths } from '../node/data-paths.ts'
import { failed } from './device.ts'

export type { ControlClient }

export async function connectTo(data: string): Promise<ControlClient> {
  const control = readControlFile(dataPaths(data).control)
  if (!control) throw failed(`no node runs on ${data}`)
  return openControlClient(control)
}
