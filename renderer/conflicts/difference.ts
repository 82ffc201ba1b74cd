/**
 * Which words make concurrent values different. Values that begin and end alike are cut into what they share
 * and what is their own, so that the eye need not compare thirty pairs of titles word by word.
 */
export type Run = { readonly text: string; readonly own: boolean }

/** For each text its runs; joined they give the text again. A text that shares nothing is one own run. */
export function differences(texts: readonly string[]): readonly (readonly Run[])[] {
  const words = texts.map(wordsOf)
  const shortest = Math.min(...words.map((list) => list.length))
  const head = sharedLength(words, shortest, (list, i) => list[i])
  const tail = sharedLength(words, shortest - head, (list, i) => list[list.length - 1 - i])
  return words.map((list) =>
    [
      { text: list.slice(0, head).join(''), own: false },
      { text: list.slice(head, list.length - tail).join(''), own: true },
      { text: list.slice(list.length - tail).join(''), own: false },
    ].filter((run) => run.text !== ''),
  )
}

/** Words and the spaces between them, each a piece of its own. */
const wordsOf = (text: string): readonly string[] => text.split(/(\s+)/).filter((piece) => piece !== '')

function sharedLength(
  lists: readonly (readonly string[])[],
  most: number,
  at: (list: readonly string[], i: number) => string | undefined,
): number {
  for (let i = 0; i < most; i++) {
    const first = lists[0] && at(lists[0], i)
    if (!lists.every((list) => at(list, i) === first)) return i
  }
  return Math.max(most, 0)
}
