/**
 * Why an update cannot stand. Stable codes: they are part of the judgement that every replica makes alike.
 */
export type TextRefusal =
  /** Longer than an op, more structs or more clock ticks than one update may bring. */
  | 'text-too-large'
  /** Not a whole update, or bytes left over. */
  | 'text-malformed'
  /** Neither inserts nor deletes. */
  | 'text-empty'
  /** Holds structs of another client than its session's. */
  | 'text-foreign-client'
  /** Does not begin where the session stands, or leaves clocks out. */
  | 'text-gap'
  /** Points to what its author cannot have seen. */
  | 'text-unknown-reference'
  /** Says that words stand between letters which never stood side by side. */
  | 'text-no-neighbours'
  /** Holds what the schema has no place for. */
  | 'text-foreign-content'

/** Thrown inside the reader only, where it ends the reading; `readUpdate` gives it back as a value. */
export class Refused extends Error {
  readonly code: TextRefusal

  constructor(code: TextRefusal) {
    super(code)
    this.code = code
  }
}
