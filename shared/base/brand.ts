/**
 * Identities with types of their own. A brand is minted only by a parser or a factory,
 * so that an id is never a string by accident.
 */
declare const brand: unique symbol

export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name }
