/**
 * The scripted shift, beat by beat. It invents nothing that the desk could not see in a real warehouse. A round takes
 * about 20 s and holds what a newcomer should see within two minutes: ordinary work, a photo, a job finished and left for
 * the desk to close, a closing asked for, and at first and then about once a minute a job that two people name apart.
 */
import type { BoardRow } from '../../shared/api/rows.ts'
import { OWN_ZONE } from './endowment.ts'
import { ADDITIONS } from './script.ts'
import {
  askToClose,
  finishOne,
  isFinished,
  jobsOf,
  openJob,
  pick,
  type Scene,
  takePhoto,
  type Tablet,
  workOn,
} from './work.ts'

/** `turn` counts the beats of all rounds. */
type Beat = (scene: Scene, round: number, turn: number) => Promise<void>

/** Open conflicts above which nobody names a job apart: a queue to settle, not a flood. */
const MOST_CONFLICTS = 3
/** Finished jobs that are left for the desk to close. */
const LEFT_FOR_DESK = 2
/** Cards of a column that are seen without scrolling. */
const ON_SCREEN = 5
/** Every so many rounds. */
const NAMING = 3
const OPENING = 2
const PHOTOGRAPHING = 2

const work: Beat = (scene, _, turn) => workOn(scene, atTurn(scene, turn))

/** Does the beat in the first of so many rounds, and ordinary work in the others. */
const every =
  (rounds: number, beat: Beat): Beat =>
  (scene, round, turn) =>
    (round % rounds === 0 ? beat : work)(scene, round, turn)

const ROUND: readonly Beat[] = [
  finishForDesk,
  every(NAMING, nameApart),
  every(PHOTOGRAPHING, (scene, round, turn) => takePhoto(scene, atTurn(scene, turn), round / PHOTOGRAPHING)),
  finishAndAsk,
  work,
  every(OPENING, (scene, round, turn) => openJob(scene, atTurn(scene, turn), round / OPENING)),
  work,
  work,
]

/** Goes on until `isOver`; each beat is short, so that the end is never far. */
export async function play(scene: Scene, isOver: () => boolean): Promise<void> {
  for (let turn = 0; !isOver(); turn += 1) {
    await ROUND[turn % ROUND.length]?.(scene, Math.floor(turn / ROUND.length), turn)
    await scene.pause(1_200 + scene.random() * 1_000)
  }
}

function atTurn({ tablets }: Scene, turn: number): Tablet {
  return tablets[turn % tablets.length] ?? tablets[0]
}

/** Two people add to one job's title, each without knowing of the other: Ben while he is out of the Wi-Fi. */
async function nameApart(scene: Scene, round: number): Promise<void> {
  const [here, away] = scene.tablets
  const open = await here.api.query('conflicts', {})
  const additions = ADDITIONS[(round / NAMING) % ADDITIONS.length]
  const job = pick(scene, (await jobsOf(here, 'todo', isPlain)).slice(0, ON_SCREEN))
  if (!open.ok || open.value.conflicts.length >= MOST_CONFLICTS || !additions || !job) return
  await whileOut(scene, away, async () => {
    await addToTitle(scene, here, job, additions[0])
    await scene.pause(600)
    await addToTitle(scene, away, job, additions[1])
  })
}

/** A title that nobody added to yet. */
const isPlain = (row: BoardRow): boolean => row.conflicts === 0 && !row.title.includes(',')

async function addToTitle(scene: Scene, tablet: Tablet, job: BoardRow, addition: string): Promise<void> {
  const value = `${job.title}${addition}`
  const named = await tablet.api.do('field.set', { record: job.record, field: 'title', value })
  if (named.ok) scene.tell('title', { who: tablet.person, title: value })
}

/** Who was off the Wi-Fi already, by the switch of the demo bar, stays off it. */
async function whileOut(scene: Scene, tablet: Tablet, deeds: () => Promise<void>): Promise<void> {
  const walks = scene.isOn(tablet)
  if (walks) {
    await scene.wifi(tablet, false)
    scene.tell('leave', { who: tablet.person })
    await scene.pause(800)
  }
  await deeds()
  if (!walks) return
  await scene.pause(1_500)
  await scene.wifi(tablet, true)
  scene.tell('return', { who: tablet.person })
}

async function finishForDesk(scene: Scene): Promise<void> {
  const [tablet] = scene.tablets
  const left = await jobsOf(tablet, 'doing', isFinished)
  if (left.length < LEFT_FOR_DESK) await finishOne(scene, tablet)
  else await workOn(scene, tablet)
}

/** Closes what piled up rather than finishing yet another job. */
async function finishAndAsk(scene: Scene): Promise<void> {
  const [, tablet] = scene.tablets
  const left = await jobsOf(tablet, 'doing', (row) => isFinished(row) && row.conflicts === 0)
  const job = left.length > LEFT_FOR_DESK ? left.at(-1) : await finishOne(scene, tablet)
  // What the desk may close itself is left for it to find.
  if (job && job.zone !== OWN_ZONE) await askToClose(scene, tablet, job)
}
