/**
 * An editor's own changes on their way to the node: gathered over a short pause, sent one after another, and
 * kept until the node has committed them. The order is the order of typing, so clocks stay contiguous.
 */
import * as Y from 'yjs'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { Result } from '../../shared/base/result.ts'

/** Design 13: keystrokes are gathered over at most this long. */
const GATHER_MS = 300

export type Saving =
  | { readonly state: 'saved' }
  | { readonly state: 'saving' }
  | { readonly state: 'failed'; readonly error: ErrorBody }

export class Outgoing {
  #gathered: Uint8Array[] = []
  #sending = false
  #underWay: Promise<void> = Promise.resolve()
  /** What gathered since has waited its pause. */
  #isDue = false
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #send: (update: Uint8Array) => Promise<Result<unknown, ErrorBody>>
  readonly #tell: (saving: Saving) => void

  constructor(
    send: (update: Uint8Array) => Promise<Result<unknown, ErrorBody>>,
    tell: (saving: Saving) => void,
  ) {
    this.#send = send
    this.#tell = tell
  }

  get isEmpty(): boolean {
    return this.#gathered.length === 0 && !this.#sending
  }

  /** One update is with the node, and not yet answered. */
  get isSending(): boolean {
    return this.#sending
  }

  add(update: Uint8Array): void {
    this.#gathered.push(update)
    this.#tell({ state: 'saving' })
    this.#timer ??= setTimeout(() => void this.flush(), GATHER_MS)
  }

  /** Sends what has gathered now, or as soon as the update before it is answered; done once all of it is answered. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#sending) this.#isDue = true
    else if (this.#gathered.length > 0) this.#underWay = this.#sendGathered()
    return this.#underWay
  }

  async #sendGathered(): Promise<void> {
    const update = Y.mergeUpdates(this.#gathered)
    this.#gathered = []
    this.#isDue = false
    this.#sending = true
    const outcome = await this.#send(update)
    this.#sending = false
    await this.#answered(update, outcome)
  }

  async #answered(update: Uint8Array, outcome: Result<unknown, ErrorBody>): Promise<void> {
    if (!outcome.ok) {
      this.#gathered.unshift(update)
      this.#tell({ state: 'failed', error: outcome.error })
    } else if (this.#isDue && this.#gathered.length > 0) {
      await this.flush()
    } else if (this.#gathered.length === 0) {
      this.#tell({ state: 'saved' })
    }
  }

  /** Forgets what was gathered: the caller has found another way to send it. */
  drop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#gathered = []
  }
}
