/** What an editor hands in that took something back: Yjs may name neighbours that no words can stand between. */
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { toHex, type Bytes } from '../../shared/base/bytes.ts'
import { besideNeighbours } from '../../shared/merge/text/beside.ts'
import { checkUpdate } from '../../shared/merge/text/check.ts'
import { emptyText, fragmentOf } from '../../shared/merge/text/document.ts'
import { textFingerprint } from '../../shared/merge/text/fingerprint.ts'
import { addWords } from '../../shared/merge/text/fold.ts'
import { haveNeighbours } from '../../shared/merge/text/neighbours.ts'
import { readUpdate } from '../../shared/merge/text/read-update.ts'
import type { Struct } from '../../shared/merge/text/struct.ts'

const ME = 1

/** Inserts a letter at an index of the only paragraph, deletes the letter there, deletes the paragraph, takes back, does again. */
type Act = readonly ['type' | 'cut', number] | readonly ['drop' | 'undo' | 'redo']

/** Plays acts in an editor, of which those are taken back together that follow each other; answers its updates. */
function played(acts: readonly Act[]): Bytes[] {
  const doc = new Y.Doc()
  doc.clientID = ME
  const updates: Bytes[] = []
  doc.on('update', (update: Bytes) => updates.push(update))
  const fragment = fragmentOf(doc)
  const undo = new Y.UndoManager(fragment, { captureTimeout: Infinity, trackedOrigins: new Set(['acts']) })
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [new Y.XmlText('a')])
  fragment.insert(0, [paragraph])
  for (const [i, [act, at = 0]] of acts.entries()) {
    if (act === 'undo') undo.undo()
    else if (act === 'redo') undo.redo()
    else
      doc.transact(() => {
        const first = fragment.get(0)
        const text = first instanceof Y.XmlElement ? first.get(0) : null
        if (act === 'drop') fragment.delete(0, 1)
        else if (text instanceof Y.XmlText && act === 'type') text.insert(at, 'bcdefgh'.charAt(i))
        else if (text instanceof Y.XmlText) text.delete(at, 1)
      }, 'acts')
  }
  return updates
}

const structsIn = (bytes: Bytes): readonly Struct[] => {
  const read = readUpdate(bytes)
  return read.ok ? read.value.structs : []
}

const isOneTwice = ({ origin, rightOrigin }: Struct): boolean =>
  origin !== null && origin.client === rightOrigin?.client && origin.clock === rightOrigin.clock

const ONE_TWICE: readonly Act[] = [
  ['type', 0],
  ['type', 1],
  ['undo'],
  ['redo'],
  ['type', 1],
  ['drop'],
  ['undo'],
]

const WRONG_WAY_ROUND: readonly Act[] = [
  ['type', 0],
  ['type', 1],
  ['type', 2],
  ['undo'],
  ['redo'],
  ['type', 2],
  ['drop'],
  ['undo'],
]

test.each([
  ['one letter twice', ONE_TWICE, true],
  ['two letters the wrong way round', WRONG_WAY_ROUND, false],
])(
  'TXT-26 an update whose undo names %s as neighbours is told anew: it reads the same and passes',
  (_, acts, twice) => {
    const [node, editor] = [emptyText(), emptyText()]
    let toldAnew = 0
    for (const update of played(acts)) {
      const next = Y.getState(node.store, ME)
      const told = besideNeighbours(node, update, ME)
      addWords(node, told)
      addWords(editor, update)
      expect(checkUpdate(told, { client: ME, next, covers: () => true }).ok).toBe(true)
      expect(haveNeighbours(node, ME, next)).toBe(true)
      expect(toHex(textFingerprint(node))).toBe(toHex(textFingerprint(editor)))
      if (told === update) continue
      toldAnew += 1
      expect(structsIn(update).some(isOneTwice)).toBe(twice)
    }
    expect(toldAnew).toBe(1)
  },
)

test('TXT-26 what is typed, and what is no update of its client, stays as it is', () => {
  const node = emptyText()
  for (const update of played([['type', 1], ['type', 1], ['cut', 0], ['undo'], ['type', 0]])) {
    expect(besideNeighbours(node, update, ME)).toBe(update)
    addWords(node, update)
  }
  const [foreign] = played([['type', 0]])
  const nothing = new Uint8Array([9, 9, 9])
  for (const bytes of [foreign ?? nothing, nothing]) expect(besideNeighbours(node, bytes, 5)).toBe(bytes)
})
