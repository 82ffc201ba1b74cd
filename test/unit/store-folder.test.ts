/** The data folder: whose it is, who has it open, and what survives in it. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TallydeskError } from '../../shared/api/errors.ts'
import { parseActorId, parseSiteId } from '../../shared/model/ids.ts'
import { invariant } from '../../shared/base/invariant.ts'
import { addressBookIn } from '../../main/store/address-book.ts'
import { createCrypto } from '../../main/store/crypto.ts'
import { openDatabase, type SqlDatabase } from '../../main/store/database.ts'
import { factsIn } from '../../main/store/facts.ts'
import { makeFolder, writePrivately } from '../../main/store/files.ts'
import { openFolder } from '../../main/store/folder.ts'
import { migrateNodeTables } from '../../main/store/node-tables.ts'
import { loadOrMakeSigner } from '../../main/store/op-key.ts'
import { preferencesIn } from '../../main/store/preferences.ts'
import { makeRecoveryKey } from '../../main/store/recovery-key.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallydesk-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function errorOf(work: () => unknown): TallydeskError {
  try {
    work()
  } catch (error) {
    if (error instanceof TallydeskError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const mode = (file: string) => statSync(file).mode & 0o777

/** A process of its own that runs a script with the folder module imported and prints one line. */
const children: ReturnType<typeof holder>[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

function holder(script: string): ChildProcessByStdio<null, Readable, null> {
  const module = join(import.meta.dirname, '../../main/store/folder.ts')
  const whole = `import { openFolder } from ${JSON.stringify(module)}\n${script}`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', whole], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return child
}

async function firstLine(child: ReturnType<typeof holder>): Promise<string> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.done) throw new Error('the process said nothing')
  return first.value
}

test('STO-7 a folder that another process has open is refused with its process id, and is free once that is killed', async () => {
  const child = holder(
    `openFolder(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1000)`,
  )
  expect(await firstLine(child)).toBe('held')
  const error = errorOf(() => openFolder(folder))
  expect(error.code).toBe('data-folder-in-use')
  expect(error.params).toEqual({ pid: child.pid })
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  openFolder(folder).release()
})

test('STO-7 a folder is not opened twice by one process, and can be opened again after its release', () => {
  const first = openFolder(folder)
  expect(errorOf(() => openFolder(folder)).params).toEqual({ pid: process.pid })
  first.release()
  openFolder(folder).release()
})

test('STO-8 a folder that cannot be written is named, also where its parent is a file', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(errorOf(() => openFolder(join(folder, 'file', 'data'))).code).toBe('data-folder-unreadable')
})

test('STO-8 a read-only folder is named', async () => {
  chmodSync(folder, 0o555)
  // Root may write anywhere, so a process of its own becomes nobody first.
  const child = holder(`
    if (process.getuid?.() === 0) process.setuid?.(65534)
    try {
      openFolder(${JSON.stringify(folder)})
    } catch (error) {
      console.log(error.code)
    }`)
  expect(await firstLine(child)).toBe('data-folder-unreadable')
  chmodSync(folder, 0o755)
})

test('STO-9 the folder, its keys and its database are for their owner alone', () => {
  const opened = openFolder(join(folder, 'data'))
  loadOrMakeSigner(opened.paths.opKey)
  openDatabase(opened.paths.database).close()
  expect(mode(opened.paths.root)).toBe(0o700)
  expect(mode(opened.paths.opKey)).toBe(0o600)
  expect(mode(opened.paths.database)).toBe(0o600)
  opened.release()
})

test('STO-10 the op key is the same on every start, and its signatures hold', () => {
  const file = join(folder, 'op-key.pem')
  const signer = loadOrMakeSigner(file)
  const again = loadOrMakeSigner(file)
  expect(again.publicKey).toEqual(signer.publicKey)
  expect(signer.publicKey.length).toBe(32)
  const crypto = createCrypto()
  const message = Uint8Array.of(1, 2, 3)
  const signature = again.sign(message)
  expect(crypto.verify(signer.publicKey, message, signature)).toBe(true)
  expect(crypto.verify(signer.publicKey, Uint8Array.of(1, 2, 4), signature)).toBe(false)
  expect(crypto.verify(makeRecoveryKey().publicKey, message, signature)).toBe(false)
})

test('STO-10 what is no key and no signature verifies nothing and throws nothing', () => {
  const crypto = createCrypto()
  const message = Uint8Array.of(1)
  expect(crypto.verify(new Uint8Array(31), message, new Uint8Array(64))).toBe(false)
  expect(crypto.verify(new Uint8Array(32).fill(255), message, new Uint8Array(64))).toBe(false)
  expect(crypto.verify(new Uint8Array(32), message, new Uint8Array(63))).toBe(false)
})

test('STO-10 a key file that holds no key is named and left as it is', () => {
  const file = join(folder, 'op-key.pem')
  writeFileSync(file, 'not a key')
  expect(errorOf(() => loadOrMakeSigner(file)).code).toBe('data-folder-unreadable')
  expect(readFileSync(file, 'utf8')).toBe('not a key')
})

/** The node's tables over a reopening: what `write` did is what `read` must find. */
function reopened<T>(write: (sql: SqlDatabase) => void, read: (sql: SqlDatabase) => T): T {
  for (const work of [write]) {
    const sql = openDatabase(join(folder, 'tallydesk.db'))
    migrateNodeTables(sql)
    work(sql)
    sql.close()
  }
  const sql = openDatabase(join(folder, 'tallydesk.db'))
  migrateNodeTables(sql)
  const found = read(sql)
  sql.close()
  return found
}

test('STO-11 preferences, addresses, the pin of the inviter and the word of the authority survive a restart', () => {
  const actor = parseActorId('a'.repeat(64))
  const site = parseSiteId('b'.repeat(64))
  invariant(actor && site, 'both are ids')
  const joined = { site, name: 'Tablet', pin: { actor, keyHash: new Uint8Array(32).fill(9) } }
  const found = reopened(
    (sql) => {
      preferencesIn(sql).set('theme', 'light')
      preferencesIn(sql).set('theme', 'dark')
      addressBookIn(sql).remember(actor, '127.0.0.1:1', 11)
      factsIn(sql).keepJoined(joined)
      factsIn(sql).keepAuthorityHeard(12)
    },
    (sql) => ({
      preferences: preferencesIn(sql).all(),
      addresses: addressBookIn(sql).list(),
      joined: factsIn(sql).joined(),
      heard: factsIn(sql).authorityHeard(),
    }),
  )
  expect(found).toEqual({
    preferences: { theme: 'dark' },
    addresses: [{ actor, address: '127.0.0.1:1', worked: 11 }],
    joined,
    heard: 12,
  })
})

test('STO-11 of each member the four addresses used last are kept, the newest last', () => {
  const actor = parseActorId('a'.repeat(64))
  invariant(actor, 'an id')
  const kept = reopened(
    (sql) => {
      for (const port of [1, 2, 3, 4, 5, 2]) addressBookIn(sql).remember(actor, `10.0.0.1:${port}`, port)
    },
    (sql) => addressBookIn(sql).list(),
  )
  expect(kept.map((row) => row.address)).toEqual(['10.0.0.1:3', '10.0.0.1:4', '10.0.0.1:5', '10.0.0.1:2'])
})

test('STO-11 preferences are bounded in number, and those there can still change', () => {
  const left = reopened(
    (sql) => {
      const preferences = preferencesIn(sql)
      for (let i = 0; i < 500; i += 1) preferences.set(`key ${i}`, 'x')
      expect(errorOf(() => preferences.set('one more', 'x')).code).toBe('too-many')
      preferences.set('key 3', 'y')
    },
    (sql) => preferencesIn(sql).all(),
  )
  expect(Object.keys(left).length).toBe(500)
  expect(left['key 3']).toBe('y')
})

test('STO-12 node tables of a later version are refused and left as they are', () => {
  const found = reopened(
    (sql) => {
      sql.exec('UPDATE node_schema SET version = 99')
      expect(errorOf(() => migrateNodeTables(sql)).code).toBe('data-folder-newer')
      sql.exec('UPDATE node_schema SET version = 1')
    },
    (sql) => sql.prepare('SELECT version FROM node_schema').all(),
  )
  expect(found).toEqual([{ version: 1 }])
})

test('STO-13 a small file that the disk refuses leaves what there was, and nothing beside it', () => {
  const file = join(folder, 'note')
  mkdirSync(file)
  expect(() => writePrivately(file, 'new')).toThrow()
  expect(readdirSync(folder)).toEqual(['note'])
})

test('KEEP-39 a folder that cannot be made is refused, whatever is around it, and nobody waits for it', () => {
  const file = join(folder, 'a file')
  writeFileSync(file, '')
  for (const path of [file, join(file, 'inside')]) expect(() => makeFolder(path)).toThrow()
  // Where a file system makes no folders, Node's own recursive making goes on for ever.
  if (existsSync('/proc/self')) expect(() => makeFolder('/proc/none/of/these')).toThrow()
  makeFolder(join(folder, 'one', 'in', 'another'))
  makeFolder(join(folder, 'one'))
  expect(statSync(join(folder, 'one', 'in', 'another')).mode & 0o777).toBe(0o700)
})
