/** What a node is started with. */
import { LOOPBACK } from '../console/console.ts'
import { parseAddress } from '../net/address.ts'
import type { NetworkOptions } from '../net/contract.ts'
import type { DemoSwitches } from './demo-switches.ts'

export type HostPort = { readonly host: string; readonly port: number }

/** Null for what is no `host:port`. */
export const parseHostPort = (text: string): HostPort | null => parseAddress(text)

/** Only this machine can reach it. */
export const isLoopback = (host: string): boolean => LOOPBACK.has(host)

/** How this node reaches others; addresses are `host:port`. */
export type NodeNetworkOptions = Pick<NetworkOptions, 'mdns' | 'peers' | 'hq'> & {
  /** Port 0: the port of the last start where it is free, else any. */
  readonly listen: HostPort
  readonly timing?: NonNullable<NetworkOptions['timing']>
}

export type NodeOptions = {
  /** The data folder; made where it is missing. */
  readonly data: string
  /** Where the console listens, on loopback, and the folder of its pages; null: no console. */
  readonly console: { readonly listen: HostPort; readonly pages: string } | null
  /** Null: this start speaks to nobody, as a single command in process. */
  readonly network: NodeNetworkOptions | null
  /** Who answers close requests on the authority: its policy, or a person with `decide`. */
  readonly decide: 'policy' | 'manual'
  readonly demo: DemoSwitches | null
  /** How long the authority waits after a start for a peer's word before it decides, ms; a minute without it. */
  readonly authorityWait?: number
  /** How long what is final can still be read as history, ms; null: for good; the usual time without it. */
  readonly history?: number | null
  /** Bytes of photos that a tablet keeps at most, as far as others hold them; the usual bound without it. */
  readonly photosQuota?: number
  /** Which machine this is (`store/machine-id.ts`); the platform is asked without it. */
  readonly machine?: string
  /** How long the first write after a start waits for a peer's word on this device, ms; two seconds without it. */
  readonly firstWriteWait?: number
  /** How long a joining waits for this device's own admission to arrive, ms; 30 s without it. */
  readonly joinWait?: number
}
