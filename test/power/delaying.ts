/**
 * A program for the record: numbers, one a transaction, every fourth of which waits for the disk, so that it tells at
 * once which it was. Its folder is the first argument.
 */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../main/store/database.ts'

const COUNT = 40

const folder = process.argv[2] ?? ''
const sql = openDatabase(join(folder, 'numbers.db'))
sql.exec('CREATE TABLE number (n INTEGER PRIMARY KEY) STRICT')
const put = sql.prepare('INSERT INTO number (n) VALUES (?)')
for (let n = 1; n <= COUNT; n += 1) {
  const isTold = n % 4 === 0
  sql.transaction(() => put.run(n), isTold ? 'immediate' : 'delayed')
  if (isTold) appendFileSync(join(folder, 'told'), String.fromCharCode(n))
}
// It ends as one that is killed: closing would wait for what is left.
process.kill(process.pid, 'SIGKILL')
