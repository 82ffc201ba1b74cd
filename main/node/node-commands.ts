/** Verbs that act on this device and write no operation of their own. */
import type { CommandInput, CommandResult, NodeCommandName } from '../../shared/api/commands.ts'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { Network } from '../net/contract.ts'
import type { Preferences } from '../store/preferences.ts'
import type { DemoSwitches } from './demo-switches.ts'
import { attach } from './attaching.ts'
import { importCsv } from './import/import-csv.ts'
import { Backups } from './keeping/backing-up.ts'
import { examine } from './keeping/examining.ts'
import { exportSite } from './keeping/exporting.ts'
import type { Life } from './life.ts'
import { importParcel, saveParcel } from './parcels.ts'
import { qrDataUrl } from './qr.ts'
import { recover } from './recovering.ts'
import type { Site } from './site.ts'

type Outcome<C extends NodeCommandName> = Result<CommandResult<C>, TallydeskError>
export type NodeCommands = {
  readonly [C in NodeCommandName]: (input: CommandInput<C>) => Outcome<C> | Promise<Outcome<C>>
}

export type NodeCommandsOptions = {
  readonly life: Life
  readonly preferences: Preferences
  readonly demo: DemoSwitches | null
  /** This node's own contract, for the demo to join through. */
  readonly api: () => DeskApi
  readonly onChange: () => void
}

const DEFAULT_SOURCE = 'work-orders'

export function nodeCommands(options: NodeCommandsOptions): NodeCommands {
  const { life, preferences, onChange } = options
  const backups = new Backups()
  return {
    'setup.init': (input) => life.found(input),
    'setup.join': (input) => life.join(input),
    ...demoCommands(options),
    'invite.create': (input) => createInvite(life, input),
    'invite.revoke': ({ invite }) =>
      withNetwork(life, (network) => ok({ revoked: network.invites.revoke(invite) })),
    'peer.dial': ({ address }) => withNetwork(life, (network) => dial(network, address)),
    'network.set': (input) => withNetwork(life, (network) => setNetwork(network, input)),
    'preference.set': ({ key, value }) => {
      preferences.set(key, value)
      onChange()
      return ok({ key })
    },
    'text.open': ({ record, note }) => writing(life, ({ replica }) => replica.openText(record, note)),
    'node.backup': ({ folder }) => backups.make(life, folder),
    'node.export': ({ file }) =>
      withSite(life, async ({ replica }) => ok(await exportSite(life.machine, replica, file))),
    'node.doctor': () => withSite(life, async ({ replica }) => ok(await examine(life.machine, replica))),
    'import.csv': ({ source, content }) =>
      writing(life, ({ replica }) => importCsv(replica, source ?? DEFAULT_SOURCE, content)),
    'attachment.add': (input) => withSite(life, (site) => attach(life.machine, site, input)),
    'attachment.fetch': (input) => withSite(life, ({ files }) => files.open(input.record, input.attachment)),
    'parcel.save': (input) => withSite(life, (site) => saveParcel(site, input)),
    'parcel.import': (input) => writing(life, (site) => importParcel(site, input)),
    'site.recover': (input) => withSite(life, (site) => recover(site, input)),
  }
}

function demoCommands({
  life,
  demo,
  api,
}: NodeCommandsOptions): Pick<NodeCommands, 'setup.demo' | 'demo.wan' | 'demo.tablet'> {
  const none = err(new TallydeskError('demo-failed', { reason: 'this program has no demo' }))
  return {
    'setup.demo': () => (demo === null ? none : life.startDemo(demo, api())),
    'demo.wan': async ({ up }) => {
      const done = demo === null ? none : await demo.setWan(up)
      return done.ok ? ok({ up }) : done
    },
    'demo.tablet': async ({ actor, up }) => {
      const done = demo === null ? none : await demo.setTablet(actor, up)
      return done.ok ? ok({ up }) : done
    },
  }
}

function withSite<T>(life: Life, work: (site: Site) => T): T | Result<never, TallydeskError> {
  return life.site.ok ? work(life.site.value) : life.site
}

/** For what ends in an op of this device. */
async function writing<T>(
  life: Life,
  work: (site: Site) => Result<T, TallydeskError> | Promise<Result<T, TallydeskError>>,
): Promise<Result<T, TallydeskError>> {
  const { site } = life
  if (!site.ok) return site
  const may = await site.value.mayWrite()
  return may.ok ? work(site.value) : may
}

function withNetwork<T>(life: Life, work: (network: Network) => T): T | Result<never, TallydeskError> {
  return withSite(life, ({ network }) => (network.ok ? work(network.value) : network))
}

async function createInvite(
  life: Life,
  input: CommandInput<'invite.create'>,
): Promise<Outcome<'invite.create'>> {
  const { site } = life
  if (!site.ok) return site
  const { network } = site.value
  if (!site.value.mayInvite(input.role)) return err(new TallydeskError('not-authority'))
  const may = await site.value.mayWrite()
  if (!may.ok) return may
  if (!network.ok) return network
  const { invite, code, expires } = network.value.invites.create(input)
  return ok({ invite, code, expires, qr: await qrDataUrl(code) })
}

function dial(network: Network, address: string): Outcome<'peer.dial'> {
  if (!network.switches.lan) return err(new TallydeskError('network-off'))
  if (network.dial(address)) return ok({ address })
  return err(
    new TallydeskError('bad-input', { command: 'peer.dial', path: 'address', reason: 'must be host:port' }),
  )
}

function setNetwork(network: Network, { lan, wan }: CommandInput<'network.set'>): Outcome<'network.set'> {
  if (lan !== undefined) network.setLan(lan)
  if (wan !== undefined) network.setWan(wan)
  return ok(network.switches)
}
