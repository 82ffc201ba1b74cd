/** The present, to the second, as reactive state: "3 min ago" must not go stale on the screen. */
class Clock {
  now: number = $state(Date.now())

  constructor() {
    setInterval(() => (this.now = Date.now()), 1_000)
  }
}

export const clock = new Clock()
