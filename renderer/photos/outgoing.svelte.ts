/**
 * Photos on their way to this device's node: each is made small, sent, and added to its record. They go on while the
 * person looks at something else. A file stays in the list until its record names it, or until the person lets it go:
 * nothing that was chosen disappears without a word.
 */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import { MOST_FILE_BYTES } from '../../shared/api/files.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { connection, desk, files } from '../services/desk.svelte.ts'
import type { FileStore } from '../services/files.ts'
import { nameOf } from './file-name.ts'
import { isOfTheLine, refusedAs, type Problem } from './problem.ts'
import { thumbnailOf, thumbnailUrl } from './thumbnail.ts'

export type Step =
  | { readonly step: 'waiting' }
  | { readonly step: 'sending'; readonly done: number }
  | { readonly step: 'failed'; readonly problem: Problem }
  /** The record names it; it stays until the screen shows that. */
  | { readonly step: 'added'; readonly attachment: string }

export type Outgoing = {
  readonly id: number
  readonly record: string
  readonly name: string
  readonly size: number
  /** A small picture, as an address; null until it is made, and where there is none. */
  readonly picture: string | null
  readonly state: Step
}

type Job = { readonly file: File; thumbnail: string | null | undefined; sha256: string | null; tries: number }

/** One after the other, so that they stand in the order in which they were chosen. */
const AT_ONCE = 1
/** By then the watched record tells of what was added, ms. */
const SEEN_MS = 3_000

export class OutgoingPhotos {
  #items: readonly Outgoing[] = $state.raw([])
  readonly #jobs = new Map<number, Job>()
  readonly #api: DeskApi
  readonly #files: FileStore
  #running = 0
  #id = 0

  constructor(api: DeskApi, store: FileStore) {
    this.#api = api
    this.#files = store
  }

  of(record: string): readonly Outgoing[] {
    return this.#items.filter((item) => item.record === record)
  }

  add(record: string, chosen: Iterable<File>): void {
    for (const file of chosen) {
      const id = ++this.#id
      this.#jobs.set(id, { file, thumbnail: undefined, sha256: null, tries: 0 })
      const item = { id, record, name: nameOf(file), size: file.size, picture: null }
      this.#items = [...this.#items, { ...item, state: { step: 'waiting' } }]
    }
    this.#next()
  }

  retry(id: number): void {
    this.#set(id, { state: { step: 'waiting' } })
    this.#next()
  }

  /** The line is back: what only the line held up goes on by itself. */
  resume(): void {
    for (const { id, state } of this.#items)
      if (state.step === 'failed' && isOfTheLine(state.problem)) this.#set(id, { state: { step: 'waiting' } })
    this.#next()
  }

  letGo(id: number): void {
    this.#jobs.delete(id)
    this.#items = this.#items.filter((item) => item.id !== id)
  }

  #next(): void {
    while (this.#running < AT_ONCE) {
      const next = this.#items.find(({ state }) => state.step === 'waiting')
      const job = next && this.#jobs.get(next.id)
      if (!next || !job) return
      this.#running += 1
      this.#set(next.id, { state: { step: 'sending', done: 0 } })
      void this.#carryOut(next, job).then((state) => {
        this.#running -= 1
        this.#set(next.id, { state })
        if (state.step === 'added') setTimeout(() => this.letGo(next.id), SEEN_MS)
        this.#next()
      })
    }
  }

  async #carryOut(item: Outgoing, job: Job): Promise<Step> {
    const unfit = await problemOf(job.file)
    if (unfit) return { step: 'failed', problem: unfit }
    job.thumbnail ??= await thumbnailOf(job.file)
    this.#set(item.id, { picture: thumbnailUrl(job.thumbnail) })
    job.tries += 1
    const added = await this.#send(item, job)
    return added.ok
      ? { step: 'added', attachment: added.value }
      : { step: 'failed', problem: refusedAs(added.error) }
  }

  async #send(item: Outgoing, job: Job): Promise<Result<string, ErrorBody>> {
    if (job.sha256 === null) {
      const kept = await this.#files.keep(job.file, (done) =>
        this.#set(item.id, { state: { step: 'sending', done } }),
      )
      if (!kept.ok) return kept
      job.sha256 = kept.value.sha256
    }
    const { sha256, thumbnail, tries } = job
    const before = tries > 1 ? await this.#addedBefore(item, sha256) : null
    if (before !== null) return ok(before)
    const named = { record: item.record, sha256, name: item.name, ...typeOf(job.file) }
    const added = await this.#api.do('attachment.add', thumbnail ? { ...named, thumbnail } : named)
    return added.ok ? ok(added.value.attachment) : err(added.error)
  }

  /** An answer may have been lost on its way: what was added once is not added again. */
  async #addedBefore({ record, name }: Outgoing, sha256: string): Promise<string | null> {
    const found = await this.#api.query('record', { record })
    const same = found.ok
      ? found.value.attachments.find((one) => one.sha256 === sha256 && one.name === name)
      : undefined
    return same?.attachment ?? null
  }

  #set(id: number, change: Partial<Pick<Outgoing, 'picture' | 'state'>>): void {
    this.#items = this.#items.map((item) => (item.id === id ? { ...item, ...change } : item))
  }
}

/** What can be known before anything is sent. */
async function problemOf(file: File): Promise<Problem | null> {
  if (file.size > MOST_FILE_BYTES) return { kind: 'too-large', size: file.size, limit: MOST_FILE_BYTES }
  try {
    // A folder, or a file that was moved away, shows itself only here.
    await file.slice(0, 1).arrayBuffer()
  } catch {
    return { kind: 'unreadable' }
  }
  return file.size === 0 ? { kind: 'empty' } : null
}

const typeOf = ({ type }: File): { readonly mime?: string } =>
  type === '' || type.length > 80 ? {} : { mime: type }

export const outgoing = new OutgoingPhotos(desk, files)

// For as long as the page lives.
$effect.root(() => {
  $effect(() => {
    if (connection.link.state === 'up') outgoing.resume()
  })
})
