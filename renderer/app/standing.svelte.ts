/**
 * Whether this device still belongs to its site and may write: it may have been cut off, or found itself set back or
 * copied. What it did and nobody has can then leave it only as a file.
 */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { fileName } from './file-name.ts'

type Member = QueryAnswer<'members'>['members'][number]
type Status = QueryAnswer<'status'>

/** Null: an ordinary member. A cut prevails: it is somebody's decision, the rest this device found out itself. */
export type Trouble =
  | { readonly kind: 'cut'; readonly since: number | null; readonly reason: string | null }
  | { readonly kind: 'restored' | 'cloned' | 'forked' | 'damaged'; readonly since: number }

export type SavedFile = { readonly name: string; readonly content: string; readonly items: number }

export class Standing {
  #self = $state.raw<Member | null>(null)
  #status = $state.raw<Status | null>(null)
  saved = $state.raw<SavedFile | null>(null)
  isSaving = $state(false)
  failure = $state.raw<ErrorBody | null>(null)

  readonly trouble = $derived(troubleOf(this.#self, this.#status))
  readonly site = $derived(this.#status?.site_name ?? '')
  readonly device = $derived(this.#status?.name ?? '')
  readonly outbox = $derived(this.#status?.outbox ?? 0)

  readonly #api: DeskApi

  constructor(api: DeskApi) {
    this.#api = api
  }

  open(): () => void {
    const closes = [
      this.#api.watch('members', {}, (answer) => {
        if (answer.ok) this.#self = answer.value.members.find(({ self }) => self) ?? null
      }),
      this.#api.watch('status', {}, (answer) => {
        if (answer.ok) this.#status = answer.value
      }),
    ]
    return () => closes.forEach((close) => close())
  }

  /** The file's content, or null after a refusal. Nothing unsent gives a file without items. */
  async save(): Promise<SavedFile | null> {
    if (this.isSaving) return null
    this.isSaving = true
    const answer = await this.#api.do('parcel.save', {})
    this.isSaving = false
    this.failure = answer.ok ? null : answer.error
    if (!answer.ok) return null
    const { items, content } = answer.value
    this.saved = { name: fileName(this.device), content: content ?? '', items }
    return this.saved
  }
}

function troubleOf(self: Member | null, status: Status | null): Trouble | null {
  if (self?.cut === true) return { kind: 'cut', since: self.cut_at, reason: self.cut_reason }
  const halted = status?.halted ?? null
  return halted && { kind: halted.cause, since: halted.since }
}
