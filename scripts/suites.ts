/**
 * The suites, in the order in which they run: first what is pure, then what starts real programs, then what opens
 * real pages, and last what needs network namespaces or Electron's program.
 */
export type Suite = {
  readonly name: string
  /** Folders under test/. */
  readonly folders: readonly string[]
  /** Seconds that one test may take. */
  readonly limit: number
  /** Suites of one wave run side by side; the next wave begins when it is over. */
  readonly wave: number
  /** Test files that may run at once, the same for all suites of a wave. */
  readonly workers: number
  /** Its tests look at what `npm run build` makes. */
  readonly needsBuild: boolean
  /** Part of `npm test`, where it can run. */
  readonly usual: boolean
}

export const SUITES: readonly Suite[] = [
  {
    name: 'engine',
    folders: ['unit', 'laws', 'contracts', 'formats'],
    limit: 120,
    wave: 1,
    workers: 2,
    needsBuild: false,
    usual: true,
  },
  {
    name: 'simulation',
    folders: ['simulation'],
    limit: 600,
    wave: 1,
    workers: 2,
    needsBuild: false,
    usual: true,
  },
  {
    name: 'nodes',
    folders: ['attack', 'crash', 'links', 'story'],
    limit: 600,
    wave: 1,
    workers: 2,
    needsBuild: false,
    usual: true,
  },
  { name: 'power', folders: ['power'], limit: 600, wave: 1, workers: 2, needsBuild: false, usual: true },
  {
    name: 'pages',
    folders: ['browser', 'desktop'],
    limit: 240,
    wave: 2,
    workers: 2,
    needsBuild: true,
    usual: true,
  },
  { name: 'network', folders: ['network'], limit: 240, wave: 3, workers: 1, needsBuild: false, usual: true },
  {
    name: 'electron',
    folders: ['electron'],
    limit: 120,
    wave: 4,
    workers: 1,
    needsBuild: true,
    usual: false,
  },
  { name: 'soak', folders: ['soak'], limit: 36_000, wave: 5, workers: 2, needsBuild: false, usual: false },
]

/** Files that take minutes, the longest first: a wave begins with them, so that none is left to run alone at its end. */
export const LONGEST: readonly string[] = [
  'simulation/seeds-1.test.ts',
  'simulation/seeds-1001.test.ts',
  'crash/kill.test.ts',
  'laws/compaction.test.ts',
  'laws/authority.test.ts',
  'laws/replica.test.ts',
  'power/snapshot-disk.test.ts',
  'crash/authority-kill.test.ts',
  'story/trace.test.ts',
  'laws/finality.test.ts',
]
