/**
 * The one way to write: a transaction through the door, told to listeners only once it is durable. After a failed one
 * everything held in memory is made anew from the database, so that memory and disk cannot part.
 */
import { isOfDisk, TallydeskError } from '../api/errors.ts'
import type { ActorId, SiteId } from '../model/ids.ts'
import { parseSiteId } from '../model/ids.ts'
import type { KnownEffect } from '../op/effect.ts'
import { actorOf } from '../op/identity.ts'
import type { Committed } from './contract.ts'
import type { Core } from './core.ts'
import type { Passage } from './door.ts'
import { readMeta } from './meta.ts'
import type { Durability, Signer, Sql, World } from './ports.ts'
import { openLog } from './rereading.ts'
import { migrate } from './schema.ts'
import { write } from './writer.ts'

/** The site whose log the database holds; null in a fresh one. Migrates it. */
export function storedSite(sql: Sql): SiteId | null {
  migrate(sql)
  const site = readMeta<string>(sql, 'site')
  return site === null ? null : parseSiteId(site)
}

export class Committing {
  readonly site: SiteId
  readonly actor: ActorId
  #core: Core | null
  protected readonly world: World
  protected readonly signer: Signer
  readonly #listeners = new Set<(committed: Committed) => void>()
  /** The disk would not take what is to be judged anew; it is not asked again before it took something. */
  #isRefused = false

  constructor(world: World, signer: Signer, site: SiteId) {
    const stored = storedSite(world.sql)
    if (stored !== null && stored !== site) throw new TallydeskError('data-folder-taken', { site: stored })
    this.site = site
    this.actor = actorOf((bytes) => world.crypto.sha256(bytes), signer.publicKey)
    this.world = world
    this.signer = signer
    this.#core = openLog(world, site, this.actor)
  }

  /**
   * What is held in memory of the log. After a failed transaction it is made anew from the database before anything else
   * is asked or done; throws what the disk refuses with for as long as it cannot even be read.
   */
  protected get core(): Core {
    this.#core ??= openLog(this.world, this.site, this.actor)
    return this.#core
  }

  /** What is held in memory is not what the database holds. */
  protected forgetCore(): void {
    this.#core = null
  }

  isSettled(): boolean {
    try {
      return this.core.door.isSettled
    } catch (problem) {
      if (!isOfDisk(problem)) throw problem
      return false
    }
  }

  /** Writes down whose log the database holds, where that is not known yet. */
  keepSite(): void {
    const { sql } = this.world
    if (storedSite(sql) === null)
      sql.prepare("INSERT INTO meta (key, value) VALUES ('site', ?)").run(this.site)
  }

  /** Everything is judged and folded before it is read. */
  protected settle(): void {
    if (!this.isSettled()) this.commit(false, () => undefined, Infinity)
  }

  /** As `settle`; on a disk that takes nothing, what is to be judged anew is read as it was judged before. */
  protected settleToRead(): void {
    if (this.#isRefused) return
    try {
      this.settle()
    } catch (problem) {
      if (!isOfDisk(problem)) throw problem
      this.#isRefused = true
    }
  }

  onCommit(listener: (committed: Committed) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  protected write(effects: readonly KnownEffect[]): ReturnType<typeof write> {
    return write(this.core, this.signer, this.world.clock.now(), effects)
  }

  /** One transaction through the door; listeners hear of it only once it is durable. */
  protected commit<T>(own: boolean, work: () => T, most?: number): T {
    // What is written here is judged at once, so what it rests on must be.
    if (own) this.settle()
    const { passage, value } = this.transaction(() => {
      const made = work()
      return { value: made, passage: this.core.door.settle(most) }
    })
    this.tell(passage, own)
    return value
  }

  protected transaction<T>(work: () => T, durability?: Durability): T {
    try {
      const done = this.world.sql.transaction(work, durability)
      this.#isRefused = false
      return done
    } catch (problem) {
      this.forgetCore()
      throw problem
    }
  }

  protected tell(passage: Passage, own: boolean): void {
    for (const listener of this.#listeners) listener({ ...passage, own })
  }
}
