/**
 * One note's text on the screen. To read, a document that is never sent; to write, one under the client id that
 * the node allotted for this session. What others write arrives by watching; a raised generation means that
 * words were set aside or came back, and the whole text is loaded anew.
 */
import { untrack } from 'svelte'
import * as Y from 'yjs'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import { fromBase64Url, toBase64Url } from '../../shared/base/bytes.ts'
import { connection, desk } from '../services/desk.svelte.ts'
import { Outgoing, type Saving } from './outgoing.ts'

type Text = QueryAnswer<'text'>
/** Marks what came from the node, so that it is not sent back. */
const FROM_NODE = Symbol('from the node')
/** When a watch's growing answer is this long (characters), it begins anew from where we are. */
const LONG_ANSWER = 32_768

export class NoteText {
  doc: Y.Doc | null = $state.raw(null)
  isEditing: boolean = $state(false)
  saving: Saving = $state.raw({ state: 'saved' })
  error: ErrorBody | null = $state.raw(null)
  readonly #record: string
  readonly #note: string
  #client: number | null = null
  #generation = 0
  #stop: (() => void) | null = null
  #closed = false
  #isReloading = false
  readonly #outgoing = new Outgoing(
    (update) => this.#edit(update),
    (saving) => (this.saving = saving),
  )

  constructor(record: string, note: string) {
    this.#record = record
    this.#note = note
    $effect(() => {
      if (connection.link.state === 'up') untrack(() => void this.#resume())
    })
    $effect(() => () => this.#close())
  }

  /** Opens an editing session; false when the node refused it. */
  async edit(): Promise<boolean> {
    if (this.isEditing) return true
    if (!this.#outgoing.isEmpty) {
      this.isEditing = true
      return true
    }
    const opened = await desk.do('text.open', { record: this.#record, note: this.#note })
    if (!opened.ok) {
      this.error = opened.error
      return false
    }
    this.#client = opened.value.client
    this.isEditing = await this.#load()
    return this.isEditing
  }

  /** Ends the session; what is still gathered is sent. */
  async done(): Promise<void> {
    await this.#outgoing.flush()
    this.isEditing = false
    if (!this.#outgoing.isEmpty) return
    this.#client = null
    await this.#load()
  }

  flush(): void {
    void this.#outgoing.flush()
  }

  /**
   * Finds out what the node lacks of this document and sends just that: an update whose answer was lost may have
   * been committed, and the node takes no clock twice.
   */
  async retry(): Promise<void> {
    const doc = this.doc
    const text = await this.#query()
    if (!doc || !text || this.#outgoing.isSending) return
    this.#outgoing.drop()
    const missing = Y.encodeStateAsUpdate(doc, bytesOf(text.vector))
    this.#outgoing.add(missing)
    this.flush()
  }

  async #resume(): Promise<void> {
    if (this.doc === null) await this.#load()
    else if (!this.#outgoing.isEmpty) await this.retry()
  }

  async #query(): Promise<Text | null> {
    const outcome = await desk.query('text', { record: this.#record, note: this.#note })
    this.error = outcome.ok ? null : outcome.error
    return outcome.ok ? outcome.value : null
  }

  async #load(): Promise<boolean> {
    const text = await this.#query()
    if (!text || this.#closed) return false
    this.#show(text)
    return true
  }

  #show(text: Text): void {
    const doc = new Y.Doc()
    if (this.#client !== null) doc.clientID = this.#client
    Y.applyUpdate(doc, bytesOf(text.update), FROM_NODE)
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== FROM_NODE && this.#client !== null) this.#outgoing.add(update)
    })
    this.#generation = text.generation
    this.doc = doc
    this.#watch(text.vector)
  }

  #watch(since: string): void {
    this.#stop?.()
    const input = { record: this.#record, note: this.#note, since }
    this.#stop = desk.watch('text', input, (outcome) => {
      if (outcome.ok) this.#take(outcome.value)
    })
  }

  #take(text: Text): void {
    if (text.generation !== this.#generation) {
      void this.#reload()
      return
    }
    if (this.doc) Y.applyUpdate(this.doc, bytesOf(text.update), FROM_NODE)
    if (text.update.length > LONG_ANSWER) this.#watch(text.vector)
  }

  /**
   * A new document wants a new session: the old one's clocks belong to the old text. What is typed meanwhile goes the old
   * way before the new text is asked for; words that cannot be sent keep the old document on the screen, said to be not
   * saved, rather than vanish with it.
   */
  async #reload(): Promise<void> {
    if (this.#isReloading) return
    this.#isReloading = true
    const at = { record: this.#record, note: this.#note }
    const opened = this.#client === null ? null : await desk.do('text.open', at)
    let text: Text | null = null
    do {
      await this.#outgoing.flush()
      text = this.#outgoing.isEmpty ? await this.#query() : null
    } while (text && !this.#outgoing.isEmpty)
    this.#isReloading = false
    if (!text || this.#closed) return
    if (opened) {
      this.#client = opened.ok ? opened.value.client : null
      this.isEditing = opened.ok
    }
    this.#show(text)
  }

  #edit(update: Uint8Array) {
    const at = { record: this.#record, note: this.#note, client: this.#client ?? 0 }
    return desk.do('text.edit', { ...at, update: toBase64Url(update) })
  }

  #close(): void {
    this.#closed = true
    this.flush()
    this.#stop?.()
  }
}

function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64Url(text)
  if (!bytes) throw new Error('the node sent a text that is not base64url')
  return bytes
}
