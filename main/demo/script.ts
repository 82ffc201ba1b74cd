/** The words of the demo's shift: what its people write on their tablets. English, like the work orders. */

export const CHECKLISTS = [
  ['Isolate and lock out', 'Inspect', 'Replace worn parts', 'Test run'],
  ['Inspect valve', 'Replace filter', 'Check pressure'],
  ['Clean sensor', 'Recalibrate', 'Log reading'],
  ['Drain', 'Change seal', 'Refill', 'Check for leaks'],
] as const

export const NOTES = [
  'Filter was cracked. Took the spare from shelf 14.',
  'Runs hot after ten minutes; have another look tomorrow.',
  'Bolts were loose on the drive side, torqued to 45 Nm.',
  'Needs a new hose, 3/4 inch, two metres.',
  'Cleaned and greased. Noise is gone.',
  'Guard is bent but still holds. Photo to follow.',
] as const

/** Files of photos/, by what they show. */
export const PHOTOS = ['worn-roller', 'oil-on-floor', 'leaning-pallet', 'shelf-14'] as const

/** In the zones of dressing.ts. */
export const NEW_JOBS = [
  { title: 'Oil on the floor by gate 3', zone: 'North dock' },
  { title: 'Light out above aisle 12', zone: 'Conveyors' },
  { title: 'Pallet wrapper stops mid-cycle', zone: 'North dock' },
  { title: 'Forklift 7 pulls to the left', zone: 'Yard' },
  { title: 'Door seal torn at the cold store', zone: 'Cold store' },
  { title: 'Roller 40 squeals when loaded', zone: 'Conveyors' },
  { title: 'Grinder guard does not latch', zone: 'Workshop' },
] as const

/** What two people add to one job's title, each without knowing of the other. */
export const ADDITIONS = [
  [', left side only', ', both sides'],
  [', part ordered', ', spare taken from shelf 14'],
  [', before the night shift', ', can wait until Monday'],
] as const
