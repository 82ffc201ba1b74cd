/** States what must hold whatever the input was; kept in production, since a broken invariant must not be stored. */
export function invariant(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Error(`Broken invariant: ${sentence}`)
}

/** The case that the types exclude; reached only when data broke a type. */
export function unreachable(value: never): never {
  throw new Error(`Broken invariant: unexpected case ${JSON.stringify(value)}`)
}
