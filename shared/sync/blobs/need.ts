/**
 * One file that is to come: how far it is, who gives it, and who is to blame if it comes wrong. Where several gave
 * parts of a file whose hash is wrong, nobody can be blamed: from then on it comes wholly from one.
 */
import type { ActorId } from '../../model/ids.ts'

export class Need {
  readonly sha256: string
  /** As records declare it; records may lie, so that each of them is tried. */
  readonly sizes = new Set<number>()
  /** Bytes that are durably here. */
  at: number
  /** Whose turn it is to give it. */
  giver: ActorId | null = null
  /** What the disk does with it. */
  work: 'none' | 'storing' | 'finishing' = 'none'
  /** No record names it any more; it goes once the disk is done with it. */
  unwanted = false
  /** Part of it is from before this start, from whomever. */
  #older: boolean
  #alone = false
  readonly #gave = new Set<ActorId>()
  readonly #bad = new Set<ActorId>()

  constructor(sha256: string, at: number) {
    this.sha256 = sha256
    this.at = at
    this.#older = at > 0
  }

  /** All declared bytes are here: it is to be checked. */
  get complete(): boolean {
    return this.sizes.has(this.at)
  }

  mayGive(peer: ActorId): boolean {
    return !this.#bad.has(peer)
  }

  /** Must what is here be dropped before this peer may go on with it? */
  mustStartOver(peer: ActorId): boolean {
    return this.#alone && this.at > 0 && !this.#gave.has(peer)
  }

  /** While it comes from one alone, that one goes on, as long as it is there. */
  waitsFor(isThere: (peer: ActorId) => boolean, peer: ActorId): boolean {
    return this.mustStartOver(peer) && [...this.#gave].some((one) => this.mayGive(one) && isThere(one))
  }

  gave(peer: ActorId, bytes: number): void {
    this.#gave.add(peer)
    this.at += bytes
  }

  isBad(peer: ActorId): void {
    this.#bad.add(peer)
  }

  startOver(): void {
    this.at = 0
    this.#older = false
    this.#gave.clear()
  }

  /** Its hash is wrong. Answers who alone gave it and is no source any more; null where that cannot be told. */
  cameWrong(): ActorId | null {
    const [only, ...others] = this.#gave
    const blamed = only !== undefined && others.length === 0 && !this.#older ? only : null
    if (blamed !== null) this.#bad.add(blamed)
    this.#alone = true
    this.startOver()
    return blamed
  }
}
