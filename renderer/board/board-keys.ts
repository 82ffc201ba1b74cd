/** The board's part of the keyboard map. */
import type { Binding } from '../app/keys.svelte.ts'
import { appWords } from '../app/messages.ts'
import { navigation } from '../app/navigation.svelte.ts'
import type { BoardController } from './board.svelte.ts'
import { KINDS_IN_ORDER, KIND_KEYS } from './kinds.ts'
import { boardWords } from './messages.ts'

/** A list that the keyboard walks. */
type Walked = { step(by: number): void; readonly current: { readonly record: string } | null }
type Acts = { readonly create: () => void; readonly search: () => void }

export function boardKeys(board: BoardController, stock: Walked, acts: Acts): readonly Binding[] {
  const group = appWords().groups.board
  const told = boardWords().keys
  const list: Walked = board.kind === 'stock' ? stock : board
  const bind = (keys: string, label: string, run: () => void): Binding => ({ keys, label, group, run })
  const steps = [
    ['j', 'ArrowDown', told.down, () => list.step(1)],
    ['k', 'ArrowUp', told.up, () => list.step(-1)],
    ['h', 'ArrowLeft', told.left, () => board.stepColumn(-1)],
    ['l', 'ArrowRight', told.right, () => board.stepColumn(1)],
  ] as const
  return [
    bind('n', told.create, acts.create),
    bind('/', told.search, acts.search),
    ...steps.map(([key, , label, run]) => bind(key, label, run)),
    ...steps.map(([, arrow, label, run]) => ({ ...bind(arrow, label, run), hidden: true, when: isOnBoard })),
    bind('o', told.open, () => {
      if (list.current) navigation.open(list.current.record)
    }),
    bind('v', told.view, () => board.show(board.view === 'table' ? 'columns' : 'table')),
    bind('x', told.clear, () => board.clearFilters()),
    ...KINDS_IN_ORDER.map((kind) =>
      bind(KIND_KEYS[kind], told.kind(boardWords().kinds[kind]), () => board.showKind(kind)),
    ),
  ]
}

/** Arrows belong to the board only where nothing else wants them: on a record, or on nothing at all. */
function isOnBoard(): boolean {
  const at = document.activeElement
  return at === null || at === document.body || at.matches('.card, .job-line a, .stock-line a')
}
