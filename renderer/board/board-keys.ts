/** The board's part of the keyboard map. */
import type { Binding } from '../app/keys.svelte.ts'
import { appWords } from '../app/messages.ts'
import { navigation } from '../app/navigation.svelte.ts'
import type { BoardController } from './board.svelte.ts'
import { boardWords } from './messages.ts'

type Acts = { readonly create: () => void; readonly search: () => void }

export function boardKeys(board: BoardController, acts: Acts): readonly Binding[] {
  const group = appWords().groups.board
  const told = boardWords().keys
  const bind = (keys: string, label: string, run: () => void): Binding => ({ keys, label, group, run })
  const steps = [
    ['j', 'ArrowDown', told.down, () => board.step(1)],
    ['k', 'ArrowUp', told.up, () => board.step(-1)],
    ['h', 'ArrowLeft', told.left, () => board.stepColumn(-1)],
    ['l', 'ArrowRight', told.right, () => board.stepColumn(1)],
  ] as const
  return [
    bind('n', told.create, acts.create),
    bind('/', told.search, acts.search),
    ...steps.map(([key, , label, run]) => bind(key, label, run)),
    ...steps.map(([, arrow, label, run]) => ({ ...bind(arrow, label, run), hidden: true, when: isOnBoard })),
    bind('o', told.open, () => {
      if (board.current) navigation.open(board.current.record)
    }),
    bind('v', told.view, () => board.show(board.view === 'table' ? 'columns' : 'table')),
    bind('x', told.clear, () => board.clearFilters()),
  ]
}

/** Arrows belong to the board only where nothing else wants them: on a job, or on nothing at all. */
function isOnBoard(): boolean {
  const at = document.activeElement
  return at === null || at === document.body || at.matches('.card, .job-line a')
}
