/**
 * The peer of the benchmarks: Yjs with every update stored in SQLite, in a transaction of its own under
 * `synchronous=FULL`, as many apps keep it. It has no signatures, no causes, no judgement, no views and no search.
 */
import Database from 'better-sqlite3'
import * as Y from 'yjs'

export class YjsPeer {
  readonly #sql: Database.Database
  readonly #insert: Database.Statement
  readonly #docs = new Map<string, Y.Doc>()
  /** Updates as they were written, by the job that they are of. */
  readonly written: { readonly job: string; readonly update: Uint8Array }[] = []

  constructor(file: string) {
    this.#sql = new Database(file)
    this.#sql.pragma('journal_mode = WAL')
    this.#sql.pragma('synchronous = FULL')
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS entry (no INTEGER PRIMARY KEY, job TEXT NOT NULL, bytes BLOB NOT NULL)',
    )
    this.#insert = this.#sql.prepare('INSERT INTO entry (job, bytes) VALUES (?, ?)')
  }

  /** The same ten edits as `liveOneJob`. */
  liveOneJob(number: number): void {
    const job = `job-${number}`
    const doc = this.#doc(job)
    const root = doc.getMap('job')
    const edit = (work: () => void): void => {
      const keep = (update: Uint8Array): void => {
        this.#insert.run(job, update)
        this.written.push({ job, update })
      }
      doc.on('update', keep)
      doc.transact(work)
      doc.off('update', keep)
    }
    const tasks = new Y.Array<Y.Map<unknown>>()
    const task = (text: string): Y.Map<unknown> => new Y.Map(Object.entries({ text, done: false }))
    const [tags, painted, note] = [
      new Y.Map([['seal', true]]),
      task('Paint'),
      new Y.Text('It drips at the flange.'),
    ]
    edit(() => {
      for (const [key, value] of Object.entries({ title: `Job ${number}`, zone: 'North', tags, tasks }))
        root.set(key, value)
      tasks.push([task('Drain'), task('Refill')])
    })
    edit(() => tasks.push([painted]))
    edit(() => painted.set('done', true))
    edit(() => root.set('note', note))
    edit(() => {
      note.delete(3, 5)
      note.insert(3, 'dripped')
    })
    edit(() => root.set('priority', 'high'))
    edit(() => root.set('title', `Job ${number}, urgent`))
    edit(() => tags.set('valve', true))
    for (const amount of [5, 10]) edit(() => root.set('labour', amount))
  }

  /** Takes updates in, stored together. */
  take(updates: YjsPeer['written']): void {
    this.#sql.transaction(() => {
      for (const { job, update } of updates) {
        Y.applyUpdate(this.#doc(job), update)
        this.#insert.run(job, update)
      }
    })()
  }

  /** Builds every document from what is stored; answers how many there are. */
  load(): number {
    const rows = this.#sql
      .prepare<[], { job: string; bytes: Uint8Array }>('SELECT job, bytes FROM entry ORDER BY no')
      .all()
    for (const { job, bytes } of rows) Y.applyUpdate(this.#doc(job), bytes)
    return this.#docs.size
  }

  close(): void {
    this.#sql.close()
  }

  #doc(job: string): Y.Doc {
    const known = this.#docs.get(job) ?? new Y.Doc()
    this.#docs.set(job, known)
    return known
  }
}
