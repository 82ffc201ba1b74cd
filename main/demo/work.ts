/**
 * What a technician does with a tablet: every deed a command to the tablet's own node. Nobody waits for anybody:
 * where a command is refused (somebody at the desk closed the job meanwhile), the deed is left at that.
 */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { BoardRow, Stage } from '../../shared/api/rows.ts'
import { photoFiles } from './photos.ts'
import { CHECKLISTS, NEW_JOBS, NOTES, PHOTOS } from './script.ts'

export type Tablet = { readonly person: string; readonly actor: string; readonly api: DeskApi }

/** A code of the demo bar's catalogue. */
type ShiftCode = 'open' | 'tick' | 'note' | 'photo' | 'labour' | 'title' | 'close' | 'leave' | 'return'

export type Scene = {
  /** The first two have a part in the story; all do ordinary work. */
  readonly tablets: readonly [Tablet, Tablet, ...Tablet[]]
  /** Uniform in [0, 1), seeded, so that every demo tells the same story. */
  readonly random: () => number
  /** For the demo bar: what was just done. */
  readonly tell: (code: ShiftCode, params: Readonly<Record<string, string>>) => void
  /** Whether a tablet is on the Wi-Fi; who watches the demo has a switch for it too. */
  readonly isOn: (tablet: Tablet) => boolean
  /** Takes a tablet off the Wi-Fi or brings it back: its real links. */
  readonly wifi: (tablet: Tablet, on: boolean) => Promise<void>
  /** ms */
  readonly pause: (ms: number) => Promise<void>
}

/** The top of the board, where people look. */
const IN_SIGHT = 12
/** Jobs under way at once: as many as a screen shows. */
const UNDER_WAY = 7
/** Of one job: nobody takes the same picture over and over. */
const MOST_PHOTOS = 2
/** The tag of the jobs that the shift opens. */
const REPORTED = 'reported'
/** Between two ticks, ms. */
const TICK_MS = 350

/** Something small on a job: a tick, a note or some minutes. */
export async function workOn(scene: Scene, tablet: Tablet): Promise<void> {
  const begun = await jobsOf(tablet, 'doing', isUnfinished)
  const next = begun.length < UNDER_WAY ? await jobsOf(tablet, 'todo', () => true) : []
  const job = pick(scene, scene.random() < 0.5 && next.length > 0 ? next : begun) ?? pick(scene, next)
  if (!job) return
  if (job.progress.total === 0) return begin(scene, tablet, job)
  const turn = scene.random()
  if (turn < 0.5) return tickAll(scene, tablet, job, 1)
  if (turn < 0.8) return writeNote(scene, tablet, job)
  await bookMinutes(scene, tablet, job)
}

/** Ticks all that is open on a job that nobody disputes; null where there is none. */
export async function finishOne(scene: Scene, tablet: Tablet): Promise<BoardRow | null> {
  const fits = (row: BoardRow): boolean => isUnfinished(row) && row.conflicts === 0
  const begun = await jobsOf(tablet, 'doing', fits)
  const job = pick(scene, begun.length > 0 ? begun : await jobsOf(tablet, 'todo', fits))
  if (!job) return null
  if (job.progress.total === 0) await addChecklist(scene, tablet, job)
  await tickAll(scene, tablet, job)
  return job
}

export async function askToClose(scene: Scene, tablet: Tablet, job: BoardRow): Promise<void> {
  const asked = await tablet.api.do('request.close', { record: job.record })
  if (asked.ok) scene.tell('close', { who: tablet.person, title: job.title })
}

/** `nth`: which of the things that turn up in a warehouse; they come round again. */
export async function openJob(scene: Scene, tablet: Tablet, nth: number): Promise<void> {
  const { title, zone } = NEW_JOBS[nth % NEW_JOBS.length] ?? NEW_JOBS[0]
  const tasks = [...(pick(scene, CHECKLISTS) ?? [])]
  const made = await tablet.api.do('job.create', { title, zone, priority: 'high', tasks, tags: [REPORTED] })
  if (made.ok) scene.tell('open', { who: tablet.person, title })
}

/** `nth`: which of the photos; they come round again. */
export async function takePhoto(scene: Scene, tablet: Tablet, nth: number): Promise<void> {
  const job = pick(scene, await jobsOf(tablet, 'doing', ({ photos }) => photos < MOST_PHOTOS))
  if (!job) return workOn(scene, tablet)
  const photo = photoFiles(PHOTOS[nth % PHOTOS.length] ?? PHOTOS[0])
  const added = await tablet.api.do('attachment.add', { record: job.record, ...photo })
  if (added.ok) scene.tell('photo', { who: tablet.person, title: job.title })
}

/** Jobs at the top of a column of the tablet's own board, but for those that somebody at the desk opened. */
export async function jobsOf(
  tablet: Tablet,
  stage: Stage,
  fits: (row: BoardRow) => boolean,
): Promise<readonly BoardRow[]> {
  const board = await tablet.api.query('board', { stage, limit: IN_SIGHT })
  return board.ok ? board.value.rows.filter((row) => isOfTheShift(row) && fits(row)) : []
}

/** Imported, or opened by the shift. */
function isOfTheShift({ reference, tags }: BoardRow): boolean {
  return reference !== null || tags.includes(REPORTED)
}

export function isFinished({ progress }: BoardRow): boolean {
  return progress.total > 0 && progress.done === progress.total
}

const isUnfinished = (row: BoardRow): boolean => !isFinished(row)

export function pick<T>({ random }: Pick<Scene, 'random'>, from: readonly T[]): T | undefined {
  return from[Math.floor(random() * from.length)]
}

async function begin(scene: Scene, tablet: Tablet, job: BoardRow): Promise<void> {
  await addChecklist(scene, tablet, job)
  await tickAll(scene, tablet, job, 1)
}

async function addChecklist(scene: Scene, tablet: Tablet, { record }: BoardRow): Promise<void> {
  for (const text of pick(scene, CHECKLISTS) ?? []) await tablet.api.do('task.add', { record, text })
}

async function tickAll(scene: Scene, tablet: Tablet, job: BoardRow, most = Infinity): Promise<void> {
  const whole = await tablet.api.query('record', { record: job.record })
  const open = whole.ok ? whole.value.tasks.filter(({ done }) => !done) : []
  for (const { task, text } of open.slice(0, most)) {
    const ticked = await tablet.api.do('task.tick', { record: job.record, task })
    if (ticked.ok) scene.tell('tick', { who: tablet.person, text, title: job.title })
    await scene.pause(TICK_MS)
  }
}

async function writeNote(scene: Scene, tablet: Tablet, job: BoardRow): Promise<void> {
  const written = await tablet.api.do('note.add', {
    record: job.record,
    text: pick(scene, NOTES) ?? NOTES[0],
  })
  if (written.ok) scene.tell('note', { who: tablet.person, title: job.title })
}

async function bookMinutes(scene: Scene, tablet: Tablet, job: BoardRow): Promise<void> {
  const amount = 5 * (1 + Math.floor(scene.random() * 6))
  const booked = await tablet.api.do('tally.add', { record: job.record, field: 'labour', amount })
  if (booked.ok) scene.tell('labour', { who: tablet.person, minutes: String(amount), title: job.title })
}
