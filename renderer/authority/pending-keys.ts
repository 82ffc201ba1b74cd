/** The authority's part of the keyboard map: to step through what waits, and to decide what has the focus. */
import type { RequestRow } from '../../shared/api/rows.ts'
import type { Binding } from '../app/keys.svelte.ts'
import { words } from './messages.ts'
import type { Requests } from './requests.svelte.ts'
import { mayAccept } from './signatures.ts'

type List = {
  readonly step: (by: number) => void
  /** The request that has the focus. */
  readonly current: () => RequestRow | null
}

export function pendingKeys(requests: Requests, self: string | null, list: List): readonly Binding[] {
  const told = words().keys
  const { group } = told
  const isFree = (request: RequestRow): boolean => !requests.busy.has(request.request)
  const bind = (
    keys: string,
    label: string,
    may: (request: RequestRow) => boolean,
    run: (request: RequestRow) => void,
  ): Binding => ({
    keys,
    label,
    group,
    when: () => {
      const request = list.current()
      return request !== null && isFree(request) && may(request)
    },
    run: () => {
      const request = list.current()
      if (request) run(request)
    },
  })
  return [
    { keys: 'j', label: told.down, group, run: () => list.step(1) },
    { keys: 'k', label: told.up, group, run: () => list.step(-1) },
    bind('a', told.accept, mayAccept, ({ request }) => void requests.accept(request)),
    bind(
      'r',
      told.reject,
      ({ mine }) => mine,
      (request) => requests.ask('reject', request),
    ),
    bind(
      'w',
      told.withdraw,
      ({ by }) => by === self,
      (request) => requests.ask('withdraw', request),
    ),
  ]
}
