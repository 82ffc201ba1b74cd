/** The supervisor of the node's process, in a time that the test moves. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { NodeMessage } from '../../main/desktop/node-messages.ts'
import {
  NodeSupervisor,
  PATIENCE,
  type NodeEvents,
  type NodeRun,
  type Phase,
} from '../../main/desktop/node-supervisor.ts'

const READY: NodeMessage = { type: 'ready', control: { address: '127.0.0.1:4000', token: 'secret' } }

class Run implements NodeRun {
  asked = 0
  killed = 0
  readonly events: NodeEvents

  constructor(events: NodeEvents) {
    this.events = events
  }

  askToStop(): void {
    this.asked += 1
  }

  kill(): void {
    this.killed += 1
    this.events.exit()
  }
}

class Bench {
  readonly runs: Run[] = []
  readonly phases: Phase['name'][] = []
  readonly supervisor = new NodeSupervisor(
    (events) => {
      const run = new Run(events)
      this.runs.push(run)
      return run
    },
    (phase) => this.phases.push(phase.name),
  )

  get last(): Run {
    const run = this.runs.at(-1)
    if (run === undefined) throw new Error('nothing was started')
    return run
  }
}

let bench: Bench

beforeEach(() => {
  vi.useFakeTimers()
  bench = new Bench()
  bench.supervisor.start()
})

afterEach(() => vi.useRealTimers())

/** ms until the next run was started. */
function pauseUntilNext(): number {
  const before = bench.runs.length
  let passed = 0
  while (bench.runs.length === before && passed < 10 * PATIENCE.pauseMost) {
    vi.advanceTimersByTime(50)
    passed += 50
  }
  return passed
}

describe('supervisor', () => {
  test('SHELL-12 a node that dies is started again, each time after a longer pause', () => {
    const pauses: number[] = []
    for (let n = 1; n < PATIENCE.failuresMost; n += 1) {
      bench.last.events.exit()
      expect(bench.supervisor.phase.name).toBe('pausing')
      pauses.push(pauseUntilNext())
    }
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000])
    expect(bench.runs).toHaveLength(PATIENCE.failuresMost)
  })

  test('SHELL-12 a node that was well for a while is forgiven its earlier failures', () => {
    bench.last.events.exit()
    pauseUntilNext()
    bench.last.events.message(READY)
    vi.advanceTimersByTime(PATIENCE.wellAfter)
    bench.last.events.exit()
    expect(pauseUntilNext()).toBe(PATIENCE.pauseLeast)
  })

  test('SHELL-12 a node that gets ready and dies soon after counts as failing', () => {
    for (let n = 1; n <= PATIENCE.failuresMost; n += 1) {
      bench.last.events.message(READY)
      bench.last.events.exit()
      vi.advanceTimersByTime(PATIENCE.pauseMost)
    }
    expect(bench.supervisor.phase).toEqual({ name: 'gave-up', times: PATIENCE.failuresMost })
  })

  test('SHELL-13 it gives up after too many failures, until a person wants another try', () => {
    for (let n = 0; n < PATIENCE.failuresMost; n += 1) {
      bench.last.events.exit()
      vi.advanceTimersByTime(PATIENCE.pauseMost)
    }
    expect(bench.supervisor.phase).toEqual({ name: 'gave-up', times: PATIENCE.failuresMost })
    vi.advanceTimersByTime(100 * PATIENCE.pauseMost)
    expect(bench.runs).toHaveLength(PATIENCE.failuresMost)
    bench.supervisor.start()
    bench.last.events.exit()
    expect(bench.supervisor.phase.name).toBe('pausing')
  })

  test('SHELL-14 a refusal is not tried again by itself', () => {
    const refusal = { type: 'refused', code: 'data-folder-in-use', params: { pid: 7 } } as const
    bench.last.events.message(refusal)
    bench.last.events.exit()
    vi.advanceTimersByTime(100 * PATIENCE.pauseMost)
    expect(bench.supervisor.phase).toEqual({ name: 'refused', refusal })
    expect(bench.runs).toHaveLength(1)
    bench.supervisor.start()
    expect(bench.runs).toHaveLength(2)
  })

  test('SHELL-14 a person who is quicker than the process that refused gets the next one when it is gone', () => {
    bench.last.events.message({ type: 'refused', code: 'data-folder-in-use', params: { pid: 7 } })
    expect(bench.last.asked).toBe(1)
    bench.supervisor.start()
    expect(bench.runs).toHaveLength(1)
    bench.last.events.exit()
    expect(bench.runs).toHaveLength(2)
    bench.last.events.exit()
    expect(bench.supervisor.phase.name).toBe('pausing')
  })

  test('SHELL-15 a node that does not get ready is killed and counts as failed', () => {
    vi.advanceTimersByTime(PATIENCE.startMost)
    expect(bench.last.killed).toBe(1)
    expect(bench.supervisor.phase.name).toBe('pausing')
  })

  test('SHELL-16 stopping asks first, and waits for the node to be gone', async () => {
    bench.last.events.message(READY)
    const stopped = bench.supervisor.stop()
    expect(bench.last).toMatchObject({ asked: 1, killed: 0 })
    bench.last.events.exit()
    await stopped
    expect(bench.supervisor.phase.name).toBe('stopped')
    bench.supervisor.start()
    vi.advanceTimersByTime(PATIENCE.pauseMost)
    expect(bench.runs).toHaveLength(1)
  })

  test('SHELL-15 a node that does not leave is killed', async () => {
    const stopped = bench.supervisor.stop()
    vi.advanceTimersByTime(PATIENCE.stopMost)
    await stopped
    expect(bench.last).toMatchObject({ asked: 1, killed: 1 })
  })

  test('SHELL-16 stopping between two runs starts no other', async () => {
    bench.last.events.exit()
    await bench.supervisor.stop()
    vi.advanceTimersByTime(PATIENCE.pauseMost)
    expect(bench.runs).toHaveLength(1)
    expect(bench.phases).toEqual(['starting', 'pausing', 'stopped'])
  })

  test('SHELL-12 a person who is impatient does not start a second node beside the first', () => {
    bench.supervisor.start()
    bench.last.events.message(READY)
    bench.supervisor.start()
    expect(bench.runs).toHaveLength(1)
  })
})
