/** How the node of a desk is started, in a window or in a browser: alike but for who watches over it. */
import type { DemoSwitches } from '../node/demo-switches.ts'
import type { NodeOptions } from '../node/options.ts'

export type DeskNode = {
  /** The data folder. */
  readonly data: string
  /** The folder of the built pages. */
  readonly pages: string
  readonly demo: DemoSwitches | null
}

/** The console on a free port of loopback, peers awaited on every network, and found over mDNS. */
export function deskNodeOptions({ data, pages, demo }: DeskNode): NodeOptions {
  return {
    data,
    console: { listen: { host: '127.0.0.1', port: 0 }, pages },
    network: { listen: { host: '0.0.0.0', port: 0 }, mdns: {}, peers: [], hq: null },
    decide: 'policy',
    demo,
  }
}
