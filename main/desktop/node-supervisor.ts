/**
 * Keeps the node's process alive: starts it, starts it again with growing pauses when it dies, and gives up when
 * that does not help or when the node itself says that a person has to act first. One process at a time.
 */
import type { Control, NodeMessage } from './node-messages.ts'

/** One run of the node's process, as the shell sees it. */
export interface NodeRun {
  /** Asks the node to finish what it is writing and to leave. */
  askToStop(): void
  kill(): void
}

export type NodeEvents = {
  readonly message: (message: NodeMessage) => void
  readonly exit: () => void
}

export type Phase =
  | { readonly name: 'stopped' }
  | { readonly name: 'starting' }
  | { readonly name: 'running'; readonly control: Control }
  | { readonly name: 'pausing' }
  | { readonly name: 'refused'; readonly refusal: Extract<NodeMessage, { type: 'refused' }> }
  | { readonly name: 'gave-up'; readonly times: number }

/** Milliseconds, but for `failuresMost`. */
export type Patience = {
  readonly startMost: number
  readonly stopMost: number
  readonly pauseLeast: number
  readonly pauseMost: number
  /** A node that ran this long was well: the next failure counts as the first. */
  readonly wellAfter: number
  /** Failures in a row before the supervisor gives up. */
  readonly failuresMost: number
}

export const PATIENCE: Patience = {
  startMost: 60_000,
  stopMost: 10_000,
  pauseLeast: 250,
  pauseMost: 15_000,
  wellAfter: 60_000,
  failuresMost: 6,
}

export class NodeSupervisor {
  readonly #fork: (events: NodeEvents) => NodeRun
  readonly #onPhase: (phase: Phase) => void
  readonly #patience: Patience
  #phase: Phase = { name: 'stopped' }
  #run: NodeRun | null = null
  #timer: NodeJS.Timeout | undefined
  #failures = 0
  /** A person wants another try of a node that refused and has not quite left. */
  #wanted = false
  #stopping: PromiseWithResolvers<void> | null = null

  constructor(
    fork: (events: NodeEvents) => NodeRun,
    onPhase: (phase: Phase) => void,
    patience: Patience = PATIENCE,
  ) {
    this.#fork = fork
    this.#onPhase = onPhase
    this.#patience = patience
  }

  get phase(): Phase {
    return this.#phase
  }

  /** Starts the node unless it runs or is about to; a person's wish, so earlier failures are forgotten. */
  start(): void {
    if (this.#stopping !== null) return
    if (this.#run === null) this.#launchAfresh()
    else if (this.#phase.name === 'refused') this.#wanted = true
  }

  /** Resolves once the process is gone; it is killed when it takes too long. No start after it. */
  stop(): Promise<void> {
    this.#stopping ??= Promise.withResolvers()
    this.#wait(this.#patience.stopMost, () => this.#run?.kill())
    if (this.#run === null) this.#stopped()
    else this.#run.askToStop()
    return this.#stopping.promise
  }

  #launchAfresh(): void {
    this.#wanted = false
    this.#failures = 0
    this.#launch()
  }

  #launch(): void {
    this.#become({ name: 'starting' })
    this.#wait(this.#patience.startMost, () => this.#run?.kill())
    this.#run = this.#fork({ message: (message) => this.#heard(message), exit: () => this.#exited() })
  }

  #heard(message: NodeMessage): void {
    if (this.#stopping !== null) return
    if (message.type === 'refused') {
      this.#become({ name: 'refused', refusal: message })
      this.#run?.askToStop()
      return
    }
    this.#wait(this.#patience.wellAfter, () => {
      this.#failures = 0
    })
    this.#become({ name: 'running', control: message.control })
  }

  #exited(): void {
    this.#run = null
    clearTimeout(this.#timer)
    if (this.#stopping !== null) this.#stopped()
    else if (this.#wanted) this.#launchAfresh()
    else if (this.#phase.name !== 'refused') this.#failed()
  }

  #failed(): void {
    this.#failures += 1
    const { failuresMost, pauseLeast, pauseMost } = this.#patience
    if (this.#failures >= failuresMost) {
      this.#become({ name: 'gave-up', times: this.#failures })
      return
    }
    this.#become({ name: 'pausing' })
    this.#wait(Math.min(pauseMost, pauseLeast * 2 ** (this.#failures - 1)), () => this.#launch())
  }

  #stopped(): void {
    clearTimeout(this.#timer)
    this.#become({ name: 'stopped' })
    this.#stopping?.resolve()
  }

  #become(phase: Phase): void {
    this.#phase = phase
    this.#onPhase(phase)
  }

  /** There is one thing to wait for at a time. */
  #wait(ms: number, then: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(then, ms)
  }
}
