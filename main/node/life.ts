/**
 * The life of a node: no site yet, or one that runs. Both happen in one process and at one address; founding and
 * joining lead from the first to the second, one at a time.
 */
import type { CommandInput, CommandResult } from '../../shared/api/commands.ts'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import { isOfDisk, TallydeskError } from '../../shared/api/errors.ts'
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
/** Between two tries to open a database that must be opened, ms. */
const AGAIN_MS = 2_000

/** Of the file system, and not of a program. */
const isOfSystem = (error: unknown): boolean => error instanceof Error && 'syscall' in error

/** A disk that fails may do so for a moment only. */
const mayPass = (error: unknown): boolean =>
  isOfDisk(error) || (error instanceof TallydeskError && error.code === 'data-folder-unreadable')

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
  #begun: () => void = () => undefined
  #isEnded = false
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
    if (this.#site !== null) return ok(this.#site)
    return err(new TallydeskError(this.isChanging ? 'setup-busy' : 'no-site'))
  }

  /** The site runs on another database in a moment: until then it answers nothing. */
  get isChanging(): boolean {
    return this.#begins && this.#site === null
  }

  /** Until that is done. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.isChanging) return
        stop()
        resolve()
      }
      const stop = this.#watch(look)
      look()
    })
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
    // Its admission is in what it begins from, which takes as long as that is large.
    const isComing = (): boolean => this.#begins || this.#site?.isBeginning() === true
    const limit = this.#options.joinWait ?? JOIN_WAIT_MS
    return untilAdmitted({ isAdmitted, isComing, watch: (look) => this.#watch(look), limit }, answer)
  }

  #watch(look: () => void): () => void {
    this.#watchers.add(look)
    return () => this.#watchers.delete(look)
  }

  /** Peers have dropped what this device lacks: it goes on from a snapshot, with all that it alone has. */
  #mayBegin(start: NamedStart): boolean {
    const site = this.#site
    if (this.#begins || this.#isEnded || site === null || this.#demoMachine !== null) return false
    this.#begins = true
    void this.#begin(site, start)
    return true
  }

  async #begin(site: Site, start: NamedStart): Promise<void> {
    const { log } = this.#machine
    const isOver = (): boolean => this.#isEnded || this.#site !== site
    try {
      const onShare = (share: number): void => site.tookIn(start, share)
      const begun = await Beginning.from(this.#machine, site.replica, start, { isOver, onShare })
      const problem = begun.ok ? await this.#goOnFrom(begun.value, site, isOver) : begun.error
      if (problem === null) log.info({ file: start.file }, 'goes on from a snapshot')
      else this.#cannotBegin(start, problem)
    } catch (error) {
      // What the disk does now, and a beginning that nobody waits for any more, say nothing of the snapshot.
      if (error instanceof TallydeskError || isOfSystem(error)) {
        log.warn({ file: start.file, error: String(error) }, 'beginning from a snapshot is put off')
        this.#site?.putOffStart(start)
      } else this.#cannotBegin(start, String(error))
    } finally {
      this.#begins = false
      this.#begun()
      this.#onChange()
    }
  }

  #cannotBegin(start: NamedStart, problem: string): void {
    this.#machine.log.warn({ file: start.file, problem }, 'a snapshot cannot be begun from')
    this.#site?.refuseStart(start)
  }

  /** Answers why it must not be gone on from; whatever fails, the site goes on, from what it had. */
  async #goOnFrom(begun: Beginning, site: Site, isOver: () => boolean): Promise<string | null> {
    try {
      await begun.takeAlong(site.replica, isOver)
      if (isOver()) throw new TallydeskError('setup-busy')
    } catch (error) {
      begun.abandon()
      throw error
    }
    this.#site = null
    try {
      await site.stop()
      return await this.#putInPlace(begun, site.replica)
    } finally {
      const { world, signer } = this.#machine
      if (!this.#isEnded) await this.#run(openReplica(world, signer, site.replica.site), 'may-change')
    }
  }

  async #putInPlace(begun: Beginning, old: Replica): Promise<string | null> {
    let problem: string | null = 'it was not finished'
    try {
      problem = begun.finish(old)
    } finally {
      if (problem !== null) begun.abandon()
    }
    if (problem === null) this.#machine = await this.#renewed()
    return problem
  }

  /** The database before is closed: whatever the disk does, nothing can be done before the new one is open. */
  async #renewed(): Promise<Machine> {
    for (;;) {
      try {
        return await this.#machine.renewed()
      } catch (error) {
        if (this.#isEnded || !mayPass(error)) throw error
        this.#machine.log.error(error, 'the database cannot be opened yet')
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      }
    }
  }

  async #rejoin(
    site: Site,
    input: CommandInput<'setup.join'>,
  ): Promise<Result<CommandResult<'setup.join'>, TallydeskError>> {
    const leaving = { site: site.replica.site, parcels: site.unsent().contents }
    const paired = await prepareRejoining(this.#machine, leaving, input)
    if (!paired.ok) return paired
    if (this.#site !== site) return err(new TallydeskError('setup-busy'))
    this.#site = null
    await site.stop()
    this.#machine.log.info({ site: leaving.site, parcels: leaving.parcels.length }, 'joins anew')
    this.#machine.sql.close()
    turnOver(this.#machine.paths, this.#machine.clock.now())
    this.#machine = await this.#renewed()
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
    this.#isEnded = true
    // It sees that in its next turn.
    if (this.#begins) await new Promise<void>((resolve) => (this.#begun = resolve))
    await this.#site?.stop()
    this.#demoMachine?.close()
    this.#machine.close()
  }

  #taken(): TallydeskError | null {
    if (this.#site !== null) {
      return new TallydeskError('data-folder-taken', { site: this.#site.replica.status().site_name })
    }
    return this.#busy || this.#begins ? new TallydeskError('setup-busy') : null
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
      onBegin: (start) => this.#mayBegin(start),
      onChange: this.#onChange,
    })
    this.#onChange()
  }
}
