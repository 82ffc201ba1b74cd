/** A state and the wall time at which it last changed. */
export class Since<State> {
  #state: State
  #since: number

  constructor(state: State, now: number) {
    this.#state = state
    this.#since = now
  }

  /** True when it is another state than before. */
  set(state: State, now: number): boolean {
    if (state === this.#state) return false
    this.#state = state
    this.#since = now
    return true
  }

  get state(): State {
    return this.#state
  }

  get since(): number {
    return this.#since
  }
}
