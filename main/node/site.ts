/**
 * A node that belongs to a site: the replica, the network around it, and the work between them. Every commit is told
 * to the network, to who watches, and to the slices; nothing else writes.
 */
import { TallydeskError } from '../../shared/api/errors.ts'
import type { QueryAnswer, QueryName } from '../../shared/api/queries.ts'
import type { Bytes } from '../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import type { Role } from '../../shared/model/roles.ts'
import type { Run } from '../../shared/op/run.ts'
import type { Committed, Member, Replica } from '../../shared/replica/contract.ts'
import { parseAddress } from '../net/address.ts'
import { lastRead } from '../net/last-read.ts'
import type { Network, Pin } from '../net/contract.ts'
import { createNetwork } from '../net/network.ts'
import { packed } from '../../shared/replica/parcel.ts'
import { addressBookIn } from '../store/address-book.ts'
import { type Halted, witnessAt } from '../store/witness.ts'
import { AuthorityWait } from './authority-wait.ts'
import { CutWord } from './cut-word.ts'
import { FileKeeper } from './photos/file-keeper.ts'
import { FirstWrite } from './first-write.ts'
import type { Machine } from './machine.ts'
import type { NodeNetworkOptions, NodeOptions } from './options.ts'
import { OwnChain } from './own-chain.ts'
import { Owed } from './owed.ts'
import { Storage, type StorageTrouble } from './storage.ts'
import { SiteAnswers, type SiteQuery } from './site-answers.ts'
import { Slices } from './slices.ts'
import type { NamedStart } from './snapshots/beginning.ts'
import { Offers } from './snapshots/offers.ts'
import { SnapshotMaker } from './snapshots/making.ts'
import { ToBegin } from './snapshots/to-begin.ts'
import { type Reachability, unlinked } from './unlinked.ts'
import { admitting, withholding } from './withholding.ts'

/** How often the time at which the authority was last heard is kept for the next start, ms. */
const KEEP_HEARD_MS = 30_000

export type SiteOptions = Pick<
  NodeOptions,
  'network' | 'decide' | 'authorityWait' | 'firstWriteWait' | 'photosQuota'
> & {
  readonly machine: Machine
  /** See `store/machine-id.ts`. */
  readonly machineId: string | null
  readonly replica: Replica
  /** Whom to trust before the log knows anybody. */
  readonly pin: Pin | null
  /** Whether a port that was asked for may be another where it is taken. */
  readonly port: 'as-asked' | 'may-change'
  /** The snapshot is here: it is time to begin anew from it. Answers whether that has begun. */
  readonly onBegin: (start: NamedStart) => boolean
  /** Told after every commit and every change of the network. */
  readonly onChange: () => void
}

export class Site {
  readonly replica: Replica
  readonly files: FileKeeper
  /** `host:port`; null without a network. */
  listen: string | null = null
  readonly #options: SiteOptions
  readonly #slices: Slices
  readonly #around: Reachability
  readonly #own: OwnChain
  readonly #storage: Storage
  readonly #members = lastRead(() => this.replica.members())
  readonly #cutWord: CutWord
  readonly #answers: SiteAnswers
  readonly #snapshots: SnapshotMaker
  readonly #toBegin: ToBegin
  /** The snapshot that a peer last said to begin from, null where it was none; undefined: nothing was said. */
  #toldOf: string | null | undefined
  /** Null where this start speaks to nobody, whom it could ask. */
  #firstWrite: FirstWrite | null = null
  #network: Network | null = null
  #wait: AuthorityWait | null = null
  #keeper: NodeJS.Timeout | undefined
  #waker: NodeJS.Timeout | undefined

  private constructor(options: SiteOptions) {
    this.#options = options
    this.replica = options.replica
    const { machine, replica } = options
    this.#around = unlinked(
      machine.clock.now(),
      replica.ownSeq(),
      () => this.#isAuthority(),
      () => machine.facts.authorityHeard(),
    )
    this.#storage = new Storage({
      clock: machine.clock,
      probe: () => machine.facts.probe(),
      onChange: (trouble) => this.#onStorage(trouble),
    })
    machine.sql.onFailure = (error) => this.#storage.failed(error)
    if (machine.sql.unwritable) this.#storage.failed(machine.sql.unwritable)
    this.#own = new OwnChain({
      replica,
      witness: witnessAt(machine.paths.witness),
      machine: options.machineId,
      clock: machine.clock,
      onHalted: (halted) => this.#onHalted(halted),
      onHealed: () => options.onChange(),
      onFailure: (error) => machine.log.error(error, 'the witness could not be written'),
    })
    this.#cutWord = new CutWord(machine, replica)
    this.#slices = this.#createSlices()
    this.#snapshots = new SnapshotMaker({ machine, replica, onKept: (sha256) => this.files.kept(sha256) })
    this.files = new FileKeeper({
      machine,
      replica,
      quota: options.photosQuota ?? null,
      hint: (work) => this.#storage.hint(work),
      onKept: (sha256) => this.#toBegin.came(sha256),
      wake: () => this.#slices.wake(),
      onChange: () => options.onChange(),
    })
    this.#toBegin = this.#createToBegin()
    this.#answers = new SiteAnswers({
      replica,
      blobs: machine.blobs,
      files: this.files,
      cutWord: this.#cutWord,
      halted: () => this.#own.halted,
      storage: () => this.#storage.trouble,
      beginning: () => (this.#own.halted === null ? this.#toBegin.state() : null),
      around: () => this.#now(),
    })
  }

  #createToBegin(): ToBegin {
    const { machine, replica } = this.#options
    const now = (): number => performance.now()
    return new ToBegin({
      offers: new Offers({ replica, world: machine.world, now }),
      isHere: (file) => machine.blobs.has(file),
      fetch: ({ file, size }) => this.files.fetchSnapshot(file, size),
      forget: (file) => this.#storage.hint(() => this.files.forgetSnapshot(file)),
      progress: (file) => this.files.exchange.progress(file),
      isLinked: (peer) =>
        this.#now()
          .peers()
          .some(({ actor, link }) => actor === peer && link === 'up'),
      begin: (start) => this.#options.onBegin(start),
      now,
      onChange: () => this.#options.onChange(),
    })
  }

  #createSlices(): Slices {
    const { replica } = this
    const { machine } = this.#options
    const owed = new Owed(machine, replica)
    const ready = (work: () => boolean) => () => this.#isReady() && work()
    const sound = (work: () => boolean) => () => this.#storage.mayWrite().ok && work()
    return new Slices({
      work: [
        ready(() => this.#decide()),
        ready(() => owed.handIn()),
        ready(() => this.#wait?.isOver() === true && (replica.cutForked() || replica.retain())),
        ready(() => this.#wait?.isOver() === true && replica.publishDue()),
        ready(() => this.#snapshots.look()),
        ready(() => this.#reachesAuthority() && replica.replenish()),
        sound(() => replica.work()),
        sound(() => this.files.look()),
      ],
      whenQuiet: () => machine.sql.checkpoint(),
      log: machine.log,
    })
  }

  /** Throws `address-in-use`. */
  static async start(options: SiteOptions): Promise<Site> {
    const site = new Site(options)
    options.replica.onCommit((committed) => site.#committed(committed))
    if (options.network !== null) await site.#startNetwork(options.network)
    if (options.network !== null) site.#slices.wake()
    return site
  }

  get network(): Result<Network, TallydeskError> {
    return this.#network === null ? err(new TallydeskError('not-running')) : ok(this.#network)
  }

  /** Is there nothing to be waited for before it is read? What a disk does not take now is not. */
  isToBeRead(): boolean {
    return this.replica.isSettled() || this.#storage.trouble !== null
  }

  /** Answers once this device may write, or why it may not. */
  async mayWrite(): Promise<Result<void, TallydeskError>> {
    if (this.#own.halted === null && this.#firstWrite?.isOver() === false) await this.#firstWrite.over()
    return this.#barred() ?? this.#storage.mayWrite()
  }

  /** The authority invites anybody, a desk only technicians, and as many as it was given leave for. */
  mayInvite(role: Role): boolean {
    if (this.#isAuthority()) return true
    if (role !== 'technician') return false
    const held = this.replica.query('rights', {}, this.#now().reach())
    return held.ok && held.value.rights.some(({ self, right, left }) => self && right === 'enrol' && left > 0)
  }

  /** It is no longer a member under this identity, or must not act under it. */
  mayRejoin(): boolean {
    return this.#own.halted !== null || this.#cutWord.cut() !== null
  }

  /** What no other device has, as contents of parcels; none where everything is elsewhere too. */
  unsent(): { readonly contents: readonly Bytes[]; readonly items: number } {
    const { site, actor } = this.replica
    const { name } = this.replica.status()
    const ops = this.replica.unsent()
    const halted = this.#own.halted?.cause ?? 'cut'
    const cause = halted === 'damaged' ? 'restored' : halted
    return { contents: packed({ site, actor, name, cause, ops }), items: ops.length }
  }

  query(asked: SiteQuery): Result<QueryAnswer<QueryName>, TallydeskError> {
    return this.#answers.answer(asked)
  }

  async stop(): Promise<void> {
    clearInterval(this.#keeper)
    clearTimeout(this.#waker)
    this.#slices.stop()
    this.#firstWrite?.stop()
    this.#keepAuthorityHeard()
    await this.#network?.stop()
    await this.#snapshots.stop()
    await this.files.stop()
    this.#toBegin.stop()
    this.#own.stop()
    this.#storage.stop()
  }

  #halted(): { readonly ok: false; readonly error: TallydeskError } | null {
    const { halted } = this.#own
    return halted && err(new TallydeskError('device-halted', { cause: halted.cause }))
  }

  /** Halted, or its witness cannot be told that this start may write. */
  #barred(): { readonly ok: false; readonly error: TallydeskError } | null {
    const begun = this.#own.begun()
    return this.#halted() ?? (begun.ok ? null : begun)
  }

  #isReady(): boolean {
    return this.#storage.trouble === null && this.#barred() === null && (this.#firstWrite?.isOver() ?? false)
  }

  #reachesAuthority(): boolean {
    return this.#isAuthority() || this.#now().reach().why === null
  }

  #onStorage(trouble: StorageTrouble | null): void {
    const { log } = this.#options.machine
    if (trouble) log.error(trouble, 'nothing can be stored')
    else {
      log.info('there is room again')
      for (const [peer, heads] of this.#storage.toldMeanwhile())
        this.#storage.acknowledged(peer, heads, (...told) => this.replica.acknowledged(...told))
      this.#slices.wake()
    }
    this.#options.onChange()
  }

  #onHalted({ cause }: Halted): void {
    this.#options.machine.log.warn({ cause }, 'this device writes no more')
    this.#options.onChange()
  }

  #now(): Reachability {
    return this.#network ?? this.#around
  }

  #isAuthority(): boolean {
    return this.replica.authority() === this.replica.actor
  }

  #others(): readonly Member[] {
    return this.#members().filter(({ actor, cut }) => actor !== this.replica.actor && cut === null)
  }

  #committed(committed: Committed): void {
    this.#own.committed(committed)
    this.files.committed(committed)
    this.#network?.committed()
    this.#slices.wake()
    this.#options.onChange()
  }

  #decide(): boolean {
    if (this.#wait === null || !this.#isAuthority()) return false
    // A person who decides by hand decides on closings; the small questions are answered as ever.
    const closings = this.#options.decide === 'policy'
    return this.#wait.isOver() && this.replica.decideWaiting(1, closings) > 0
  }

  async #startNetwork(options: NodeNetworkOptions): Promise<void> {
    const { machine } = this.#options
    const { host, port } = options.listen
    const usual = port === 0 ? machine.facts.port() : null
    const network = await this.#listenAt(options, usual ?? port).catch((error: unknown) => {
      if (usual === null && this.#options.port === 'as-asked') throw error
      return this.#listenAt(options, 0)
    })
    this.#network = network
    const listened = this.listen === null ? null : parseAddress(this.listen)
    if (port === 0 && listened !== null) this.#storage.hint(() => machine.facts.keepPort(listened.port))
    machine.log.info({ listen: this.listen, host }, 'the node listens for peers')
    this.#wait = new AuthorityWait({
      others: () => this.#others().length,
      peers: () => network.peers(),
      now: () => performance.now(),
      limit: this.#options.authorityWait,
    })
    this.#firstWrite = new FirstWrite({
      compared: () => this.#own.compared,
      // Another member may also call here, from wherever it is.
      somebody: () => network.addresses() > 0 || this.#others().length > 0,
      now: () => performance.now(),
      limit: this.#options.firstWriteWait,
    })
    void this.#firstWrite.over().then(() => this.#slices.wake())
    this.#waker = setTimeout(() => this.#slices.wake(), this.#wait.left())
    network.onChange(() => this.#networkChanged())
    this.#keeper = setInterval(() => this.#keepAuthorityHeard(), KEEP_HEARD_MS)
  }

  async #listenAt(options: NodeNetworkOptions, port: number): Promise<Network> {
    const { machine, replica, pin } = this.#options
    const addresses = addressBookIn(machine.sql)
    const network = createNetwork({
      store: withholding(replica, this.#own, this.#storage),
      exchange: this.files.exchange,
      members: this.#members,
      identity: machine.identity,
      ...options,
      listen: { host: options.listen.host, port },
      addressBook: {
        list: () => addresses.list(),
        remember: (...used) => this.#storage.hint(() => addresses.remember(...used)),
      },
      bootstrapPin: pin,
      admit: (admission) => this.#barred() ?? admitting(replica, this.#storage, admission),
      mayAdmit: () => this.#own.halted === null && this.mayInvite('technician'),
      onCut: (by, reason) => {
        this.#storage.hint(() => this.#cutWord.told(by, reason))
        this.#options.onChange()
      },
      onStart: (peer, run) => this.#toldToBegin(peer, run),
      authorityHeard: machine.facts.authorityHeard(),
      clock: machine.clock,
      random: Math.random,
      log: machine.log,
    })
    try {
      this.listen = (await network.start()).listen
    } catch (error) {
      await network.stop()
      throw error
    }
    return network
  }

  /** What this device lacks is dropped at a peer: what can be begun from is fetched from whomever has it. */
  #toldToBegin(peer: ActorId, run: Run | null): void {
    // A device that is halted reads on, and may find there what it lost; only of a fork its own branch must stay apart.
    const start = this.#own.halted?.cause === 'forked' ? null : this.#toBegin.told(peer, run)
    const file = start?.file ?? null
    // It is said again and again.
    if (file === this.#toldOf) return
    this.#toldOf = file
    this.#options.machine.log.info({ peer, start: file }, 'a peer has dropped what this device lacks')
  }

  /** What cannot be begun from is not tried again before the next start. */
  refuseStart(start: NamedStart): void {
    this.#toBegin.refuse(start)
  }

  putOffStart(start: NamedStart): void {
    this.#toBegin.putOff(start)
  }

  /** So much of the work of taking a snapshot in is done, from 0 to 1. */
  tookIn(start: NamedStart, share: number): void {
    this.#toBegin.tookIn(start, share)
  }

  /** It is being begun from a snapshot, or one is on its way. */
  isBeginning(): boolean {
    return ['coming', 'reading'].includes(this.#toBegin.state()?.state ?? '')
  }

  #networkChanged(): void {
    this.#storage.hint(() => this.#cutWord.look(this.#now().peers()))
    this.#slices.wake()
    this.#options.onChange()
  }

  #keepAuthorityHeard(): void {
    const { facts } = this.#options.machine
    this.#storage.hint(() => {
      const heard = this.#network?.authorityHeard() ?? null
      if (heard !== null && heard !== facts.authorityHeard()) facts.keepAuthorityHeard(heard)
    })
  }
}
