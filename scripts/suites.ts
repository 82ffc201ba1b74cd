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
  /** Test files that may run at once; real programs want the machine to themselves. */
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
    workers: 2,
    needsBuild: false,
    usual: true,
  },
  { name: 'simulation', folders: ['simulation'], limit: 600, workers: 2, needsBuild: false, usual: true },
  {
    name: 'nodes',
    folders: ['attack', 'crash', 'links', 'story'],
    limit: 600,
    workers: 2,
    needsBuild: false,
    usual: true,
  },
  { name: 'power', folders: ['power'], limit: 600, workers: 1, needsBuild: false, usual: true },
  { name: 'pages', folders: ['browser', 'desktop'], limit: 240, workers: 1, needsBuild: true, usual: true },
  { name: 'network', folders: ['network'], limit: 240, workers: 1, needsBuild: false, usual: true },
  { name: 'electron', folders: ['electron'], limit: 120, workers: 1, needsBuild: true, usual: false },
  { name: 'soak', folders: ['soak'], limit: 36_000, workers: 2, needsBuild: false, usual: false },
]
