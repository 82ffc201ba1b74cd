/** Random notes in the editor's schema, and random plain texts near them. */
import fc from 'fast-check'
import * as Y from 'yjs'
import { copyText, emptyText, fragmentOf } from '../../shared/merge/text/document.ts'

/** A node of a note, as plain data. */
type NoteNode =
  | { readonly kind: 'text'; readonly letters: string; readonly bold: boolean; readonly link: boolean }
  | { readonly kind: 'leaf'; readonly name: 'hardBreak' | 'horizontalRule' }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'node'; readonly name: string; readonly children: readonly NoteNode[] }

/** Few different letters, so that a difference has many places to be mistaken about; some that take two units. */
const letter = fc.constantFrom('a', 'b', 'c', ' ', '.', 'é', '😀', '😁', '👍🏽')
export const letters = fc.array(letter, { minLength: 1, maxLength: 6 }).map((all) => all.join(''))

const text = fc.record({
  kind: fc.constant('text' as const),
  letters,
  bold: fc.boolean(),
  link: fc.boolean(),
})
const hardBreak = fc.constant({ kind: 'leaf', name: 'hardBreak' } as const)
const rule = fc.constant({ kind: 'leaf', name: 'horizontalRule' } as const)
const inline = fc.array(fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: hardBreak }), {
  maxLength: 4,
})

const element = (name: string, children: fc.Arbitrary<readonly NoteNode[]>): fc.Arbitrary<NoteNode> =>
  children.map((all) => ({ kind: 'node', name, children: all }))

const paragraph = element('paragraph', inline)
const heading = element('heading', inline)
const code = fc
  .array(fc.oneof(letters, fc.constant('\n')), { maxLength: 4 })
  .map((lines) => ({ kind: 'code', code: lines.join('') }) as const)

const block = fc.letrec<{ block: NoteNode; item: NoteNode; task: NoteNode }>((tie) => ({
  block: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: paragraph },
    { weight: 1, arbitrary: heading },
    { weight: 2, arbitrary: code },
    { weight: 1, arbitrary: rule },
    { weight: 1, arbitrary: element('bulletList', fc.array(tie('item'), { minLength: 1, maxLength: 3 })) },
    { weight: 1, arbitrary: element('orderedList', fc.array(tie('item'), { minLength: 1, maxLength: 3 })) },
    { weight: 1, arbitrary: element('taskList', fc.array(tie('task'), { minLength: 1, maxLength: 3 })) },
    { weight: 1, arbitrary: element('blockquote', fc.array(tie('block'), { minLength: 1, maxLength: 3 })) },
  ),
  item: element('listItem', itemContent(tie('block'))),
  task: element('taskItem', itemContent(tie('block'))),
})).block

/** A list item begins with a paragraph. */
function itemContent(more: fc.Arbitrary<NoteNode>): fc.Arbitrary<readonly NoteNode[]> {
  return fc.tuple(paragraph, fc.array(more, { maxLength: 2 })).map(([first, rest]) => [first, ...rest])
}

export const note = fc.array(block, { maxLength: 5 })

/** A document that holds the note, written by `client`. */
export function docOf(nodes: readonly NoteNode[], client = 1): Y.Doc {
  const doc = emptyText()
  doc.clientID = client
  fragmentOf(doc).insert(0, nodes.map(built))
  return copyText(doc, client)
}

function built(node: NoteNode): Y.XmlElement | Y.XmlText {
  if (node.kind === 'text') return textOf(node)
  if (node.kind === 'leaf') return new Y.XmlElement(node.name)
  if (node.kind === 'code') return codeOf(node.code)
  const made = new Y.XmlElement(node.name)
  made.insert(0, node.children.map(built))
  if (node.name === 'heading') made.setAttribute('level', '2')
  return made
}

function textOf(node: Extract<NoteNode, { kind: 'text' }>): Y.XmlText {
  const marks = {
    ...(node.bold ? { bold: {} } : {}),
    ...(node.link ? { link: { href: 'https://example.org', target: null } } : {}),
  }
  const made = new Y.XmlText()
  made.applyDelta([{ insert: node.letters, attributes: marks }])
  return made
}

function codeOf(letters: string): Y.XmlElement {
  const made = new Y.XmlElement('codeBlock')
  if (letters !== '') made.insert(0, [new Y.XmlText(letters)])
  return made
}

/** Somewhere in a text, cut and fill: positions as shares of its length, so that they fit any text. */
export const cut = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.double({ min: 0, max: 0.6, noNaN: true }),
  insert: fc.array(fc.oneof(letters, fc.constant('\n')), { maxLength: 4 }).map((all) => all.join('')),
})

type Cut = typeof cut extends fc.Arbitrary<infer T> ? T : never

export function cutText(text: string, cuts: readonly Cut[]): string {
  let result = text
  for (const { at, remove, insert } of cuts) {
    const from = Math.floor(at * result.length)
    const to = Math.min(result.length, from + Math.floor(remove * result.length))
    result = result.slice(0, from) + insert + result.slice(to)
  }
  return result
}
