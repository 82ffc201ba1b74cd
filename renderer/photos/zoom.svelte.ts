/**
 * How a photo is looked at: how large, and which part of it. Keys and buttons step, a wheel and two fingers go
 * smoothly, a drag moves what is larger than its window; a swipe over what is not goes to the next photo.
 */
const STEP = 1.5
const MOST = 8
/** A finger that went so far to the side meant the next photo, px. */
const SWIPE = 56

type Point = { readonly x: number; readonly y: number }

export class Zoom {
  scale = $state(1)
  x = $state(0)
  y = $state(0)
  /** A finger or a button is down: the picture follows at once, without easing. */
  isHeld = $state(false)
  readonly #onswipe: (by: 1 | -1) => void
  readonly #down = new Map<number, Point>()
  #from: Point = { x: 0, y: 0 }
  #spread = 0

  constructor(onswipe: (by: 1 | -1) => void) {
    this.#onswipe = onswipe
  }

  get transform(): string {
    return `translate(${this.x}px, ${this.y}px) scale(${this.scale})`
  }

  get isWhole(): boolean {
    return this.scale === 1
  }

  get isMost(): boolean {
    return this.scale >= MOST
  }

  larger(): void {
    this.#to(this.scale * STEP)
  }

  smaller(): void {
    this.#to(this.scale / STEP)
  }

  whole(): void {
    this.#to(1)
  }

  toggle(): void {
    this.#to(this.isWhole ? STEP * STEP : 1)
  }

  readonly wheel = (event: WheelEvent): void => {
    event.preventDefault()
    this.#to(this.scale * Math.exp(-event.deltaY / 400))
  }

  readonly down = (event: PointerEvent): void => {
    if (event.pointerType === 'mouse' && event.button !== 0) return
    // So that a drag goes on outside the picture.
    if (event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId)
    this.#down.set(event.pointerId, { x: event.clientX, y: event.clientY })
    this.#from = { x: event.clientX, y: event.clientY }
    this.#spread = this.#spreadNow()
    this.isHeld = true
  }

  readonly move = (event: PointerEvent): void => {
    const before = this.#down.get(event.pointerId)
    if (!before) return
    this.#down.set(event.pointerId, { x: event.clientX, y: event.clientY })
    if (this.#down.size === 2) {
      const spread = this.#spreadNow()
      if (this.#spread > 0) this.#to((this.scale * spread) / this.#spread)
      this.#spread = spread
    } else if (!this.isWhole) {
      this.x += event.clientX - before.x
      this.y += event.clientY - before.y
    }
  }

  readonly up = (event: PointerEvent): void => {
    const wasOne = this.#down.size === 1
    if (!this.#down.delete(event.pointerId)) return
    this.isHeld = this.#down.size > 0
    const [aside, along] = [event.clientX - this.#from.x, event.clientY - this.#from.y]
    const isSwipe = Math.abs(aside) > SWIPE && Math.abs(aside) > 2 * Math.abs(along)
    if (wasOne && this.isWhole && isSwipe && event.type === 'pointerup') this.#onswipe(aside < 0 ? 1 : -1)
  }

  #to(scale: number): void {
    const next = Math.min(MOST, Math.max(1, scale))
    const ratio = next / this.scale
    this.scale = next
    // What is in the middle stays there.
    this.x = next === 1 ? 0 : this.x * ratio
    this.y = next === 1 ? 0 : this.y * ratio
  }

  #spreadNow(): number {
    const [one, other] = [...this.#down.values()]
    return one && other ? Math.hypot(one.x - other.x, one.y - other.y) : 0
  }
}
