/**
 * The state of the rights: who holds what, who can be given something, and the verbs of asking, giving, passing on
 * and taking back. A verb changes nothing here: the node's next answer does.
 */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { QueryAnswer, QueryName } from '../../shared/api/queries.ts'
import type { RightName } from '../../shared/api/rows.ts'
import type { Delegation, Holding } from './wallet.ts'
import { itemOf, plainRight, zoneRight } from './right-names.ts'

type Member = QueryAnswer<'members'>['members'][number]
type Done = Promise<{ readonly ok: true } | { readonly ok: false; readonly error: ErrorBody }>

/** What a dialog is open for. */
export type Dialogue =
  | { readonly about: 'ask'; readonly right: RightName | null }
  | { readonly about: 'pass' | 'back'; readonly holding: Pick<Holding, 'right' | 'left'> }
  | { readonly about: 'give' | 'zone' }
  | {
      readonly about: 'reclaim'
      readonly right: RightName
      readonly holder: string
      readonly name: string
    }

export class Rights {
  rights = $state.raw<QueryAnswer<'rights'> | null>(null)
  items = $state.raw<QueryAnswer<'stock'>['items']>([])
  members = $state.raw<readonly Member[]>([])
  failure = $state.raw<ErrorBody | null>(null)
  busy = $state(false)
  dialogue = $state.raw<Dialogue | null>(null)

  /** Whoever can hold something: an edge writes nothing of its own, and a cut device nothing at all. */
  readonly holders = $derived(this.members.filter(({ cut, role, self }) => !cut && !self && role !== 'edge'))

  readonly #api: DeskApi

  constructor(api: DeskApi) {
    this.#api = api
  }

  open(): () => void {
    const stops = [
      this.#watch('rights', (answer) => (this.rights = answer)),
      this.#watch('stock', ({ items }) => (this.items = items)),
      this.#watch('members', ({ members }) => (this.members = members)),
    ]
    return () => stops.forEach((stop) => stop())
  }

  show(dialogue: Dialogue): void {
    this.failure = null
    this.dialogue = dialogue
  }

  close(): void {
    this.dialogue = null
  }

  ask(right: RightName, amount: number): Promise<boolean> {
    const item = itemOf(right)
    return this.#run(() =>
      item === null
        ? this.#api.do('request.numbers', { right: right.right, amount })
        : this.#api.do('request.stock', { item, amount }),
    )
  }

  /** Gives from what this device holds; the authority makes what it gives. */
  give(right: RightName, amount: number, to: string): Promise<boolean> {
    return this.#run(() => this.#api.do('right.transfer', { right: right.right, amount, to }))
  }

  /** The numbers first: a zone without them could close nothing. */
  async giveZone(zone: string, audits: number, to: string): Promise<boolean> {
    if (audits > 0 && !(await this.give(plainRight('audit-number'), audits, to))) return false
    return this.give(zoneRight(zone), 1, to)
  }

  reclaim({ right }: Delegation['right'], actor: string): Promise<boolean> {
    return this.#run(() => this.#api.do('right.reclaim', { right, actor }))
  }

  #watch<Q extends QueryName & ('rights' | 'stock' | 'members')>(
    query: Q,
    take: (answer: QueryAnswer<Q>) => void,
  ): () => void {
    return this.#api.watch(query, {}, (answer) => {
      if (answer.ok) take(answer.value)
      else this.failure = answer.error
    })
  }

  async #run(verb: () => Done): Promise<boolean> {
    this.busy = true
    this.failure = null
    const answer = await verb()
    this.busy = false
    this.failure = answer.ok ? null : answer.error
    return answer.ok
  }
}
