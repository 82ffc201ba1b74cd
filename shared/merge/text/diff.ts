/**
 * The least edit between two plain texts: lines first, so that two changed places in a long note are two
 * edits, then words within the lines that changed, then letters. Never between the halves of a surrogate
 * pair.
 */

/** In the old text, at UTF-16 unit `at`, `remove` units give way to `insert`. */
export type Edit = { readonly at: number; readonly remove: number; readonly insert: string }

/** In the order of the text, with at least one kept unit between any two. */
export function leastEdits(before: string, after: string): Edit[] {
  const edits = compare(splitLines(before), splitLines(after)).flatMap((change) =>
    compare(splitWords(change.before), splitWords(change.after)).map((word) => ({
      ...trimmed(word.before, word.after, change.at + word.at),
    })),
  )
  return joined(edits, before)
}

type Change = { readonly at: number; readonly before: string; readonly after: string }

const splitLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []
const splitWords = (text: string): string[] => text.match(/\n|[^\S\n]+|[\p{L}\p{M}\p{N}_]+|[^]/gu) ?? []

/** More differing parts than this are one change: the search takes time and memory by their square. */
const MOST_DIFFERENCES = 800

/** Myers' greedy difference (1986) between two lists of parts, as changes of the joined texts. */
function compare(before: readonly string[], after: readonly string[]): Change[] {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before[head] === after[head]) head += 1
  let tail = 0
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail])
    tail += 1
  const a = before.slice(head, before.length - tail)
  const b = after.slice(head, after.length - tail)
  if (a.length === 0 && b.length === 0) return []
  return changes(a, b, keptPairs(a, b), before.slice(0, head).join('').length)
}

type Pair = readonly [a: number, b: number]

/** Indices of the parts that both keep, in order; none where the two differ too much. */
function keptPairs(a: readonly string[], b: readonly string[]): Pair[] {
  const most = Math.min(a.length + b.length, MOST_DIFFERENCES)
  const furthest = new Int32Array(2 * most + 3)
  const reached: Reach[] = []
  for (let d = 0; d <= most; d += 1) {
    reached.push({ furthest: furthest.slice(), middle: most + 1 })
    const reach = { furthest, middle: most + 1 }
    for (let k = -d; k <= d; k += 2) {
      let x = stepsDown(reach, k, d) ? at(reach, k + 1) : at(reach, k - 1) + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1
      furthest[reach.middle + k] = x
      if (x >= a.length && x - k >= b.length) return traced(reached, a.length, b.length)
    }
  }
  return []
}

/** Per diagonal (index in the old less index in the new), how far along the old list the search came. */
type Reach = { readonly furthest: Int32Array; readonly middle: number }

const at = (reach: Reach, k: number): number => reach.furthest[reach.middle + k] ?? 0

const stepsDown = (reach: Reach, k: number, d: number): boolean =>
  k === -d || (k !== d && at(reach, k - 1) < at(reach, k + 1))

/**
 * The way back from the end, along the diagonals of kept parts. `reached[d]` is where d - 1 differences led.
 */
function traced(reached: readonly Reach[], lengthA: number, lengthB: number): Pair[] {
  const kept: Pair[] = []
  let [x, y] = [lengthA, lengthB]
  for (const [d, reach] of [...reached.entries()].reverse()) {
    const k = x - y
    const from = stepsDown(reach, k, d) ? k + 1 : k - 1
    const fromX = d === 0 ? 0 : at(reach, from)
    const fromY = d === 0 ? 0 : fromX - from
    for (; x > fromX && y > fromY; x -= 1, y -= 1) kept.push([x - 1, y - 1])
    x = fromX
    y = fromY
  }
  return kept.reverse()
}

/** What lies between the kept parts. */
function changes(a: readonly string[], b: readonly string[], kept: readonly Pair[], start: number): Change[] {
  const found: Change[] = []
  let [fromA, fromB, position] = [0, 0, start]
  for (const [toA, toB] of [...kept, [a.length, b.length] as const]) {
    const before = a.slice(fromA, toA).join('')
    const after = b.slice(fromB, toB).join('')
    if (before !== '' || after !== '') found.push({ at: position, before, after })
    position += before.length + (a[toA]?.length ?? 0)
    fromA = toA + 1
    fromB = toB + 1
  }
  return found
}

/** Without the letters that both begin and end with. */
function trimmed(before: string, after: string, start: number): Edit {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before[head] === after[head]) head += 1
  if (splitsPair(before, head) || splitsPair(after, head)) head -= 1
  let tail = 0
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1
  if (splitsPair(before, before.length - tail) || splitsPair(after, after.length - tail)) tail -= 1
  return {
    at: start + head,
    remove: before.length - head - tail,
    insert: after.slice(head, after.length - tail),
  }
}

const splitsPair = (text: string, index: number): boolean =>
  /^[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(text.slice(Math.max(0, index - 1), index + 1)) && index > 0

/** Edits that touch are one. */
function joined(edits: readonly Edit[], before: string): Edit[] {
  const result: Edit[] = []
  for (const edit of edits) {
    const last = result.at(-1)
    if (last && last.at + last.remove >= edit.at) {
      const between = before.slice(last.at + last.remove, edit.at)
      const remove = edit.at + edit.remove - last.at
      result[result.length - 1] = { at: last.at, remove, insert: last.insert + between + edit.insert }
    } else result.push(edit)
  }
  return result
}
