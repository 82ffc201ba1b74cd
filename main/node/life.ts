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
import { openReplica, storedSite } from '../../shared/replica/replica.ts'
import type { DemoSwitches } from './demo-switches.ts'
import { type Machine, openMachine } from './machine.ts'
import type { NodeOptions } from './options.ts'
import { foundSite, joinSite, untilAdmitted } from './setup.ts'
import { Site, type SiteOptions } from './site.ts'

const JOIN_WAIT_MS = 30_000

export class Life {
  readonly #machine: Machine
  /** The demo's own folder, while the demo is what runs. */
  #demoMachine: Machine | null = null
  readonly #options: NodeOptions
  readonly #onChange: () => void
  #site: Site | null = null
  /** A founding, a joining or the demo is under way. */
  #busy = false
  #demoStarts = false

  constructor(machine: Machine, options: NodeOptions, onChange: () => void) {
    this.#machine = machine
    this.#options = options
    this.#onChange = onChange
  }

  /** The folder and keys that the site lives in, or will. */
  get machine(): Machine {
    return this.#demoMachine ?? this.#machine
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
    return this.#site === null ? 'setup' : 'running'
  }

  found(input: CommandInput<'setup.init'>): Promise<Result<CommandResult<'setup.init'>, TallydeskError>> {
    return this.#once(async () => {
      const { replica, recovery } = foundSite(this.machine, input)
      await this.#run(replica, 'may-change')
      return ok({ site: replica.site, actor: replica.actor, recovery })
    })
  }

  join(input: CommandInput<'setup.join'>): Promise<Result<CommandResult<'setup.join'>, TallydeskError>> {
    return this.#once(async () => {
      const joined = await joinSite(this.machine, input)
      if (!joined.ok) return joined
      const { replica, paired } = joined.value
      await this.#run(replica, 'may-change')
      const answer = { site: replica.site, actor: replica.actor, role: paired.role }
      return untilAdmitted(replica, answer, this.#options.joinWait ?? JOIN_WAIT_MS)
    })
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
    if (taken) return err(taken)
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
    const { decide, authorityWait, demo } = this.#options
    const network = this.#demoStarts && demo !== null ? demo.network() : this.#options.network
    this.#site = await Site.start({
      machine: this.machine,
      replica,
      network,
      port,
      decide,
      ...(authorityWait === undefined ? {} : { authorityWait }),
      pin: this.machine.facts.joined()?.pin ?? null,
      onChange: this.#onChange,
    })
    this.#onChange()
  }
}
