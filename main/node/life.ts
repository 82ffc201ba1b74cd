/**
 * The life of a node: no site yet, or one that runs. Both happen in one process and at one address; founding and
 * joining lead from the first to the second, one at a time.
 */
import type { CommandInput, CommandResult } from '../../shared/api/commands.ts'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import { storedSite } from '../../shared/replica/committing.ts'
import { openReplica } from '../../shared/replica/replica.ts'
import type { DemoSwitches } from './demo-switches.ts'
import { machineId } from '../store/machine-id.ts'
import type { Paired } from '../net/contract.ts'
import { type Machine, openMachine } from './machine.ts'
import type { NodeOptions } from './options.ts'
import { turnOver } from '../store/turnover.ts'
import { Beginning, type NamedStart } from './snapshots/beginning.ts'
import { prepareRejoining } from './rejoin.ts'
import { foundSite, joinSite, untilAdmitted } from './setup.ts'
import { Site, type SiteOptions } from './site.ts'

const JOIN_WAIT_MS = 30_000

export class Life {
  #machine: Machine
  /** The demo's own folder, while the demo is what runs. */
  #demoMachine: Machine | null = null
  readonly #options: NodeOptions
  readonly #onChange: () => void
  #site: Site | null = null
  /** A founding, a joining or the demo is under way. */
  #busy = false
  #demoStarts = false
  /** Another database is being begun, and takes the place of the one that the site runs on. */
  #begins = false
  readonly #watchers = new Set<() => void>()

  constructor(machine: Machine, options: NodeOptions, onChange: () => void) {
    this.#machine = machine
    this.#options = options
    this.#onChange = () => {
      onChange()
      for (const look of this.#watchers) look()
    }
  }

  /** The folder and keys that the site lives in, or will. */
  get machine(): Machine {
    return this.#demoMachine ?? this.#machine
  }

  /** The person's own folder, also while the demo runs. */
  get own(): Machine {
    return this.#machine
  }

  /** Opens the site of the folder, if it holds one. Throws `address-in-use`, `data-folder-newer`. */
  async begin(): Promise<void> {
    const { world, signer, facts, sql } = this.machine
    const site = storedSite(sql) ?? facts.joined()?.site ?? null
    if (site !== null) await this.#run(openReplica(world, signer, site), 'as-asked')
  }

  get site(): Result<Site, TallydeskError> {
    return this.#site === null ? err(new TallydeskError('no-site')) : ok(this.#site)
  }

  phase(): QueryAnswer<'node'>['phase'] {
    if (this.#demoStarts) return 'starting-demo'
    return this.#site === null && !this.#begins ? 'setup' : 'running'
  }

  found(input: CommandInput<'setup.init'>): Promise<Result<CommandResult<'setup.init'>, TallydeskError>> {
    return this.#once(async () => {
      const { replica, recovery } = foundSite(this.machine, input)
      await this.#run(replica, 'may-change')
      return ok({ site: replica.site, actor: replica.actor, recovery })
    })
  }

  /** A device that may not write any more, or was cut, joins anew; any other only while its folder holds no site. */
  join(input: CommandInput<'setup.join'>): Promise<Result<CommandResult<'setup.join'>, TallydeskError>> {
    const site = this.#site
    if (site?.mayRejoin() && this.#demoMachine === null) return this.#alone(() => this.#rejoin(site, input))
    return this.#once(async () => {
      const joined = await joinSite(this.machine, input)
      return joined.ok ? this.#joined(joined.value.replica, joined.value.paired) : joined
    })
  }

  async #joined(
    replica: Replica,
    { role }: Pick<Paired, 'role'>,
  ): Promise<Result<CommandResult<'setup.join'>, TallydeskError>> {
    await this.#run(replica, 'may-change')
    const answer = { site: replica.site, actor: replica.actor, role }
    const isAdmitted = (): boolean => this.#site?.replica.admitted() === true
    const limit = this.#options.joinWait ?? JOIN_WAIT_MS
    return untilAdmitted(isAdmitted, (look) => this.#watch(look), answer, limit)
  }

  #watch(look: () => void): () => void {
    this.#watchers.add(look)
    return () => this.#watchers.delete(look)
  }

  /** Peers have dropped what this device lacks: it goes on from a snapshot, with all that it alone has. */
  async #begin(site: Site, start: NamedStart): Promise<void> {
    if (this.#begins || this.#site !== site || this.#demoMachine !== null) return
    this.#begins = true
    const { log } = this.#machine
    try {
      const begun = await Beginning.from(this.#machine, site.replica, start)
      if (!begun.ok) {
        log.warn({ file: start.file, problem: begun.error }, 'a snapshot cannot be begun from')
        site.refuseStart(start)
        return
      }
      await this.#goOnFrom(begun.value, site, start)
    } catch (error) {
      log.error(error, 'beginning from a snapshot failed')
      site.refuseStart(start)
    } finally {
      this.#begins = false
      this.#onChange()
    }
  }

  async #goOnFrom(begun: Beginning, site: Site, start: NamedStart): Promise<void> {
    const { log } = this.#machine
    begun.takeAlong(site.replica)
    if (this.#site !== site) return begun.abandon()
    await site.stop()
    this.#site = null
    const problem = begun.finish(site.replica)
    if (problem === null) {
      log.info({ file: start.file }, 'goes on from a snapshot')
      this.#machine = await this.#machine.renewed()
    } else {
      log.warn({ file: start.file, problem }, 'a snapshot cannot be gone on from')
      begun.abandon()
    }
    const { world, signer } = this.#machine
    await this.#run(openReplica(world, signer, site.replica.site), 'may-change')
    if (problem !== null && this.#site) (this.#site as Site).refuseStart(start)
  }

  async #rejoin(
    site: Site,
    input: CommandInput<'setup.join'>,
  ): Promise<Result<CommandResult<'setup.join'>, TallydeskError>> {
    const leaving = { site: site.replica.site, parcels: site.unsent().contents }
    const paired = await prepareRejoining(this.#machine, leaving, input)
    if (!paired.ok) return paired
    await site.stop()
    this.#site = null
    this.#machine.log.info({ site: leaving.site, parcels: leaving.parcels.length }, 'joins anew')
    this.#machine.sql.close()
    turnOver(this.#machine.paths, this.#machine.clock.now())
    this.#machine = await this.#machine.renewed()
    const { world, signer } = this.#machine
    return this.#joined(openReplica(world, signer, paired.value.site), paired.value)
  }

  /** The demo lets this node join it, in a folder of its own. */
  async startDemo(
    demo: DemoSwitches,
    desk: DeskApi,
  ): Promise<Result<CommandResult<'setup.demo'>, TallydeskError>> {
    const taken = this.#taken()
    if (taken) return err(taken)
    this.#demoStarts = true
    this.#onChange()
    try {
      this.#demoMachine = await openMachine(demo.data)
      const begun = await demo.start(desk)
      if (!begun.ok) await this.#leaveDemo()
      return begun.ok ? ok({ started: true }) : begun
    } finally {
      this.#demoStarts = false
      this.#onChange()
    }
  }

  async #leaveDemo(): Promise<void> {
    await this.#site?.stop()
    this.#site = null
    this.#demoMachine?.close()
    this.#demoMachine = null
  }

  async end(): Promise<void> {
    await this.#site?.stop()
    this.#demoMachine?.close()
    this.#machine.close()
  }

  #taken(): TallydeskError | null {
    if (this.#site !== null) {
      return new TallydeskError('data-folder-taken', { site: this.#site.replica.status().site_name })
    }
    return this.#busy ? new TallydeskError('setup-busy') : null
  }

  async #once<T>(work: () => Promise<Result<T, TallydeskError>>): Promise<Result<T, TallydeskError>> {
    const taken = this.#taken()
    return taken ? err(taken) : this.#alone(work)
  }

  async #alone<T>(work: () => Promise<Result<T, TallydeskError>>): Promise<Result<T, TallydeskError>> {
    if (this.#busy) return err(new TallydeskError('setup-busy'))
    this.#busy = true
    try {
      return await work()
    } finally {
      this.#busy = false
      this.#onChange()
    }
  }

  /** What was founded or joined must not fail for a port that is taken: it then listens at another. */
  async #run(replica: Replica, port: SiteOptions['port']): Promise<void> {
    const { decide, authorityWait, firstWriteWait, photosQuota, demo } = this.#options
    const network = this.#demoStarts && demo !== null ? demo.network() : this.#options.network
    this.#site = await Site.start({
      machine: this.machine,
      replica,
      network,
      port,
      decide,
      ...(authorityWait === undefined ? {} : { authorityWait }),
      ...(firstWriteWait === undefined ? {} : { firstWriteWait }),
      ...(photosQuota === undefined ? {} : { photosQuota }),
      machineId: this.#options.machine ?? machineId(),
      pin: this.machine.facts.joined()?.pin ?? null,
      onBegin: (start) => {
        if (this.#site) void this.#begin(this.#site, start)
      },
      onChange: this.#onChange,
    })
    this.#onChange()
  }
}
