/** What the demo warehouse gives the node that is its desk: it starts the other devices and holds their switches. */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { TallydeskError } from '../../shared/api/errors.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import type { Result } from '../../shared/base/result.ts'
import type { NodeNetworkOptions } from './options.ts'

export interface DemoSwitches {
  /** The data folder of the demo's desk, apart from the person's own, which stays as it is. */
  readonly data: string
  /** How the demo's desk reaches the others; asked for when it joins. */
  network(): NodeNetworkOptions
  /**
   * Starts the warehouse around a node that holds no site yet, and lets that node join it through `desk`
   * (`setup.join`). Answers once the desk is a member; the import and the shift may go on after that.
   */
  start(desk: DeskApi): Promise<Result<void, TallydeskError>>
  /** What the query `node` shows as `demo`; null while the demo does not run. */
  view(): QueryAnswer<'node'>['demo']
  setWan(up: boolean): Promise<Result<void, TallydeskError>>
  setTablet(actor: string, up: boolean): Promise<Result<void, TallydeskError>>
  /** Told after anything that `view` shows has changed. */
  onChange(listener: () => void): () => void
  /** Ends the other devices. */
  stop(): Promise<void>
}
