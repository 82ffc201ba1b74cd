/**
 * Two people type into one note at once, each at a node of their own: a real history, replayed through the editing
 * sessions of two real nodes over one control connection each, which sync with each other over TLS.
 */
import { rmSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createCrypto } from '../../main/store/crypto.ts'
import { folderPaths, openFolder } from '../../main/store/folder.ts'
import { loadOrMakeSigner } from '../../main/store/op-key.ts'
import { fromBase64Url, toBase64Url } from '../../shared/base/bytes.ts'
import { clientIdOf } from '../../shared/merge/text/client-id.ts'
import { actorOf } from '../../shared/op/identity.ts'
import { runNode, scratchFolder, type NodeProcess } from '../support/node-process.ts'
import { ancestors, apply, readTrace, type Transaction } from '../support/two-person-trace.ts'

const trace = readTrace()
const crypto = createCrypto()
const folder = scratchFolder()
const running: NodeProcess[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((node) => node.stop()))
  folder.remove()
})

type Note = { readonly record: string; readonly note: string }

/** One person at one node: an editor's document under the client id that the node allotted. */
class Typist {
  readonly node: NodeProcess
  readonly doc = new Y.Doc()
  readonly #at: Note
  /** Updates sent, with the op of each, by how many of the person's transactions they hold. */
  readonly sent: { readonly upTo: number; readonly op: string; readonly update: Uint8Array }[] = []
  #heard = 0

  private constructor(node: NodeProcess, at: Note) {
    this.node = node
    this.#at = at
  }

  static async open(node: NodeProcess, at: Note): Promise<Typist> {
    const typist = new Typist(node, at)
    const { client } = must(await node.client.do('text.open', at))
    const { update } = must(await node.client.query('text', at))
    Y.applyUpdate(typist.doc, fromBase64Url(update) ?? new Uint8Array())
    typist.doc.clientID = client
    return typist
  }

  async write(transactions: readonly Transaction[], upTo: number): Promise<void> {
    const updates: Uint8Array[] = []
    const keep = (update: Uint8Array): void => void updates.push(update)
    this.doc.on('update', keep)
    this.doc.transact(() => {
      for (const { patches } of transactions) for (const patch of patches) apply(this.doc, patch)
    })
    this.doc.off('update', keep)
    for (const update of updates) {
      const edit = { ...this.#at, client: this.doc.clientID, update: toBase64Url(update) }
      this.sent.push({ upTo, update, op: must(await this.node.client.do('text.edit', edit)).op })
    }
  }

  /** Takes in the other's updates up to one of its transactions, once this person's own node holds them. */
  async hear(other: Typist, upTo: number): Promise<void> {
    const fresh = other.sent.slice(this.#heard).filter((one) => one.upTo <= upTo)
    const last = fresh.at(-1)
    if (!last) return
    await until(async () => (await this.node.client.query('op', { op: last.op })).ok)
    for (const { update } of fresh) Y.applyUpdate(this.doc, update)
    this.#heard += fresh.length
  }

  async plain(): Promise<string> {
    return must(await this.node.client.query('text', this.#at)).plain
  }
}

function must<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: object },
): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('it did not come to be')
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** Two nodes of one site with an empty code block between them; the second's key drawn until the ids order so. */
async function twoTypists(name: string, inOrder: boolean): Promise<readonly [Typist, Typist]> {
  const [one, two] = [`${folder.path}/${name}-1`, `${folder.path}/${name}-2`]
  const first = await runNode(one)
  running.push(first)
  must(await first.client.do('setup.init', { site: 'Two people', name: 'One' }))
  const { record } = must(await first.client.do('job.create', { title: 'Write together' }))
  const { note } = must(await first.client.do('note.add', { record, text: '', as: 'code' }))
  const author = await Typist.open(first, { record, note })
  drawKey(two, (client) => client > author.doc.clientID === inOrder, `${record}/20/${note}/1`)
  const { code } = must(await first.client.do('invite.create', { role: 'technician', name: 'Two' }))
  const second = await runNode(two)
  running.push(second)
  must(await second.client.do('setup.join', { code, name: 'Two' }))
  await until(async () => (await second.client.query('text', { record, note })).ok)
  return [author, await Typist.open(second, { record, note })]
}

function drawKey(data: string, fits: (client: number) => boolean, text: string): void {
  openFolder(data).release()
  const file = folderPaths(data).opKey
  const sha256 = (bytes: Uint8Array): Uint8Array => crypto.sha256(bytes)
  while (!fits(clientIdOf(sha256, actorOf(sha256, loadOrMakeSigner(file).publicKey), text, 1))) rmSync(file)
}

/** Plays the trace; what one types in a row while hearing nothing new is sent at once, as an editor gathers it. */
async function play([first, second]: readonly [Typist, Typist]): Promise<readonly [string, string]> {
  for (const { agent, from, to, heard, upTo } of rows()) {
    const [me, other] = agent === 0 ? [first, second] : [second, first]
    await me.hear(other, heard)
    await me.write(trace.txns.slice(from, to), upTo)
  }
  await first.hear(second, Number.MAX_SAFE_INTEGER)
  await second.hear(first, Number.MAX_SAFE_INTEGER)
  return [await first.plain(), await second.plain()]
}

type Row = { readonly agent: number; readonly from: number; to: number; readonly heard: number; upTo: number }

/** A row goes on while its agent types and hears nothing new, and ends wherever the other hears so far and no further. */
function rows(): readonly Row[] {
  const versions = ancestors(trace.txns)
  const heardOf = [0, 1].map(
    (agent) => new Set(trace.txns.map((txn, i) => (txn.agent === agent ? -1 : versions[i]?.[agent]))),
  )
  const count = [0, 0]
  const made: Row[] = []
  trace.txns.forEach(({ agent }, i) => {
    const heard = versions[i]?.[1 - agent] ?? 0
    const last = made.at(-1)
    count[agent] = (count[agent] ?? 0) + 1
    const goesOn = last?.agent === agent && last.heard === heard && !heardOf[agent]?.has(last.upTo)
    if (last && goesOn) Object.assign(last, { to: i + 1, upTo: count[agent] })
    else made.push({ agent, from: i, to: i + 1, heard, upTo: count[agent] ?? 0 })
  })
  return made
}

test('STORY-2 with client ids in the order of the agents, both nodes hold exactly the text of the file', async () => {
  const [one, two] = await play(await twoTypists('ordered', true))
  expect(one).toBe(trace.endContent)
  expect(two).toBe(trace.endContent)
})

test('STORY-2 with client ids the other way round, both nodes still agree', async () => {
  const [one, two] = await play(await twoTypists('reversed', false))
  expect(one).toBe(two)
  expect(one.length).toBeGreaterThan(20_000)
})
