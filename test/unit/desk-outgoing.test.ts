/** An editor's changes on their way: gathered, in order, one at a time, and never said to be saved before they are. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import type { ErrorBody } from '../../shared/api/errors.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { Outgoing, type Saving } from '../../renderer/notes/outgoing.ts'

/** A person's document and the node's; updates wait for `answer` before they are in the node's. */
function open() {
  const mine = new Y.Doc()
  const nodes = new Y.Doc()
  const told: Saving['state'][] = []
  const waiting: { update: Uint8Array; answer: (result: Result<null, ErrorBody>) => void }[] = []
  const outgoing = new Outgoing(
    (update) => new Promise((resolve) => waiting.push({ update, answer: resolve })),
    (saving) => told.push(saving.state),
  )
  mine.on('update', (update: Uint8Array) => outgoing.add(update))
  const type = (words: string) => mine.getText('t').insert(mine.getText('t').length, words)
  const commit = async () => {
    const sent = waiting.shift()
    if (!sent) throw new Error('nothing was sent')
    Y.applyUpdate(nodes, sent.update)
    sent.answer(ok(null))
    await vi.advanceTimersByTimeAsync(0)
  }
  return { outgoing, type, commit, told, waiting, text: () => nodes.getText('t').toJSON() }
}

beforeEach(() => {
  vi.useFakeTimers()
})

describe('saving a note', () => {
  test('DESK-15 what is typed within the pause goes out together, at most 300 ms after it began', async () => {
    const { type, waiting, commit, text } = open()
    for (const word of ['Filter', ' was', ' cracked']) {
      type(word)
      await vi.advanceTimersByTimeAsync(90)
    }
    expect(waiting).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(30)
    expect(waiting).toHaveLength(1)
    await commit()
    expect(text()).toBe('Filter was cracked')
  })

  test('DESK-15 is said to be saved only once all of it is committed', async () => {
    const { type, commit, told, waiting } = open()
    type('one')
    await vi.advanceTimersByTimeAsync(300)
    type(' two')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(waiting).toHaveLength(1)
    expect(told).not.toContain('saved')
    await commit()
    expect(told).not.toContain('saved')
    expect(waiting).toHaveLength(1)
    await commit()
    expect(told.at(-1)).toBe('saved')
  })

  test('DESK-15 a refused change stays, is said to be not saved, and goes out again with what came after', async () => {
    const { outgoing, type, commit, told, waiting, text } = open()
    type('one')
    await vi.advanceTimersByTimeAsync(300)
    waiting.shift()?.answer(err(new TallydeskError('connection-lost').toBody()))
    await vi.advanceTimersByTimeAsync(0)
    expect(told.at(-1)).toBe('failed')
    expect(outgoing.isEmpty).toBe(false)
    type(' two')
    await vi.advanceTimersByTimeAsync(300)
    await commit()
    expect(text()).toBe('one two')
    expect(told.at(-1)).toBe('saved')
    expect(outgoing.isEmpty).toBe(true)
  })
})
