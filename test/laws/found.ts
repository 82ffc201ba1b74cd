/** Histories that are told first, for ever: those that once broke a law, and some that chance seldom tells. */
import type { Moment, Story } from './histories.ts'

const moment = (what: Moment['what'], who: number, a = 0, b = 0): Moment => ({ who, what, a, b })

export const FOUND: readonly Story[] = [
  // An imported record showed as its creator whoever's import had come first.
  [moment('import', 0, 5), moment('import', 1, 2)],
  // Who ticked a task was told in the order of arrival.
  [moment('tick', 0, 0, 1), moment('tick', 1, 0, 1), moment('tick', 3, 0, 1)],
  // A rogue op on a record that its author could not have seen kept its old reason when its author was cut.
  [
    moment('job', 1),
    moment('job', 0),
    moment('meet', 0, 1),
    moment('job', 0),
    moment('cut', 1),
    moment('rogue', 1, 0, 2),
    moment('job', 0),
    moment('job', 0),
    moment('job', 0),
  ],
  // Work on a job whose making falls when its author's role is taken back.
  [moment('job', 1), moment('gather', 0), moment('tick', 2, 1), moment('role', 1, 0, 4), moment('gather', 0)],
  // A role for a device that had been cut: why its later ops fell was told in the order of arrival.
  [
    moment('closing', 2),
    moment('cut', 2, 0, 1),
    moment('job', 0),
    moment('job', 0),
    moment('role', 2),
    moment('job', 0),
    moment('job', 0),
    moment('job', 0),
  ],
  // One editing session that begins twice.
  [moment('rogue', 1, 3, 1), moment('meet', 2, 1), moment('rogue', 1, 3, 1)],
]

/** The same of the laws of authority, rights and review. */
export const FOUND_OFFICE: readonly Story[] = [
  // What chance seldom tells: a device asks for stock, a role and a cut, and is answered.
  [
    moment('stock', 0, 0, 5),
    moment('gather', 0),
    moment('ask', 1, 0, 5),
    moment('ask', 1, 1, 3),
    moment('ask', 1, 2, 4),
    moment('gather', 0),
    moment('answer', 0, 0, 1),
    moment('answer', 0, 0, 1),
    moment('gather', 0),
  ],
  // Work on a job whose making falls when its author's role is taken back.
  [moment('job', 1), moment('gather', 0), moment('tick', 2, 1), moment('role', 1, 0, 4), moment('gather', 0)],
  // One op decided with a number of its author's block and passed that number on: it stood twice.
  [moment('ask', 0), moment('delegate', 6), moment('lie', 6, 0, 2)],
  // A block of numbers was begun behind one that a refused op had named, and the free ones before it were left out.
  [
    moment('closing', 5, 0, 4),
    moment('lie', 1, 0, 5),
    moment('import', 5, 5, 2),
    moment('delegate', 3, 2, 2),
    moment('gather', 4),
    moment('delegate', 2, 2, 1),
    moment('closing', 1, 1, 4),
  ],
  // A role that reaches back over one branch of a forked device was missed where the log's own device was on the other.
  [
    moment('copy', 3, 2, 5),
    moment('tick', 3, 0, 3),
    moment('lie', 1, 4),
    moment('gather', 2),
    moment('incident', 3, 5, 2),
    moment('zoned', 5, 2),
    moment('ask', 5, 4),
    moment('gather', 1),
    moment('closing', 2, 3, 5),
    moment('role', 3, 5, 4),
  ],
  // A block of numbers was given in answer to a request that fell with its author's role: the answer tells of the gap.
  [
    moment('refill', 4, 0, 1),
    moment('copy', 1, 4, 2),
    moment('refill', 5, 5, 4),
    moment('gather', 4, 0, 5),
    moment('closing', 5, 4, 3),
    moment('role', 4, 0, 2),
    moment('number', 0, 2, 2),
  ],
]
