/** A note as an editor has it: rich text under the client id that the device allotted. */
import * as Y from 'yjs'
import type { CommandInput } from '../../shared/api/commands.ts'
import { fromBase64Url, toBase64Url } from '../../shared/base/bytes.ts'
import { must, REACH, type Device } from './replicas.ts'

type Work = (fragment: Y.XmlFragment) => void

/** An editor on a note of this device: each call is one edit, saved as it makes it. */
export function edits(device: Device, record: string, note: string): (work: Work) => void {
  const typed = editorOf(device, record, note)
  return (work) => void must(device.replica.execute('text.edit', typed(work)))
}

/** An editor whose edits are yet to be saved: each call answers the command that saves it. */
export function editorOf(
  { replica }: Device,
  record: string,
  note: string,
): (work: Work) => CommandInput<'text.edit'> {
  const { client } = must(replica.openText(record, note))
  const doc = new Y.Doc()
  Y.applyUpdate(doc, bytesOf(must(replica.query('text', { record, note }, REACH)).update))
  doc.clientID = client
  return (work) => {
    const kept: Uint8Array[] = []
    const keep = (update: Uint8Array): void => void kept.push(update)
    doc.on('update', keep)
    doc.transact(() => {
      work(doc.getXmlFragment('default'))
    })
    doc.off('update', keep)
    const [update] = kept
    return { record, note, client, update: toBase64Url(update ?? new Uint8Array()) }
  }
}

export function shownAt({ replica }: Device, record: string, note: string): string {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, bytesOf(must(replica.query('text', { record, note }, REACH)).update))
  return doc.getXmlFragment('default').toJSON()
}

const bytesOf = (text: string): Uint8Array => fromBase64Url(text) ?? new Uint8Array()
