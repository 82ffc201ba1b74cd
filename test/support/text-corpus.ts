/** Sound updates of a text with something of every kind in them, from which hostile ones are made. */
import * as Y from 'yjs'
import { emptyText } from '../../shared/merge/text/document.ts'
import { editPlain } from '../../shared/merge/text/edit.ts'
import { newText } from '../../shared/merge/text/new-text.ts'
import type { Content, Struct, StructId } from '../../shared/merge/text/struct.ts'
import { writeUpdate } from '../../shared/merge/text/write-update.ts'

export const CLIENT = 77

/** What the text begins with. */
export const FIRST = newText('One\nTwo 😀\nThree', 'paragraphs', CLIENT)

type Place = Partial<Pick<Struct, 'origin' | 'rightOrigin' | 'parent' | 'attribute'>>
const at = (clock: number): StructId => ({ client: CLIENT, clock })

/** A heading with its level, bold and linked words, and what was deleted or forgotten. */
function everyKind(): Uint8Array {
  const parts: readonly [Content, number, Place][] = [
    [{ kind: 'element', name: 'heading' }, 1, { parent: 'default' }],
    [{ kind: 'value', value: 2 }, 1, { parent: at(0), attribute: 'level' }],
    [{ kind: 'value', value: 'a language' }, 1, { parent: at(0), attribute: 'language' }],
    [{ kind: 'text' }, 1, { parent: at(0) }],
    [{ kind: 'format', mark: 'bold', value: {} }, 1, { parent: at(3) }],
    [{ kind: 'string', text: 'ab' }, 2, { origin: at(4) }],
    [
      { kind: 'format', mark: 'link', value: { href: 'https://example.org', target: null } },
      1,
      { origin: at(6) },
    ],
    [{ kind: 'string', text: '😀' }, 2, { origin: at(7) }],
    [{ kind: 'format', mark: 'bold', value: null }, 1, { origin: at(9) }],
    [{ kind: 'deleted', length: 3 }, 3, { origin: at(10), rightOrigin: at(4) }],
    [{ kind: 'collected', length: 2 }, 2, {}],
  ]
  let clock = 0
  const structs = parts.map(([content, length, place]) => {
    const struct = {
      clock,
      length,
      origin: null,
      rightOrigin: null,
      parent: null,
      attribute: null,
      ...place,
      content,
    }
    clock += length
    return struct
  })
  return writeUpdate({ client: CLIENT, structs, deletes: [{ client: CLIENT, from: 5, to: 6 }] })
}

/** Lists within lists, as deep as may be. */
function nested(levels: number): Uint8Array {
  const structs = Array.from({ length: levels }, (_, clock): Struct => ({
    clock,
    length: 1,
    origin: null,
    rightOrigin: null,
    parent: clock === 0 ? 'default' : at(clock - 1),
    attribute: null,
    content: { kind: 'element', name: clock % 2 === 0 ? 'bulletList' : 'listItem' },
  }))
  return writeUpdate({ client: CLIENT, structs, deletes: [] })
}

/** Words of two clients in one update. */
function ofTwo(): Uint8Array {
  const doc = emptyText()
  Y.applyUpdate(doc, FIRST)
  Y.applyUpdate(doc, newText('Of another', 'paragraphs', CLIENT + 1))
  return Y.encodeStateAsUpdate(doc)
}

export function updates(): readonly Uint8Array[] {
  const doc = emptyText()
  Y.applyUpdate(doc, FIRST)
  const texts = ['One', 'One\nTwo and more\nThree\nFour', '', 'x'.repeat(300)]
  const edits = texts.flatMap((text) => editPlain(doc, text, CLIENT) ?? [])
  return [FIRST, newText('let x = 1', 'code', CLIENT), ...edits, everyKind(), nested(64), nested(66), ofTwo()]
}
