/**
 * The code of every effect kind, reserved from the start. A code is never reused or changed: it stands in
 * signed bytes. Codes that this version does not build yet are known by number only, and such ops are held.
 */
export const EFFECT_CODES = {
  // Data: 1 to 31
  create: 1,
  import: 2,
  assign: 3,
  draft: 4,
  insert: 5,
  remove: 6,
  child: 7,
  drop: 8,
  session: 9,
  text: 10,
  count: 11,
  // Control: 32 to 63
  genesis: 32,
  admit: 33,
  setRole: 34,
  cut: 35,
  request: 36,
  withdraw: 37,
  decide: 38,
  mint: 39,
  transfer: 40,
  spend: 41,
  reclaim: 42,
  sign: 43,
  adopt: 44,
  dismiss: 45,
  parcel: 46,
  handover: 47,
  revoke: 48,
  checkpoint: 49,
  ruleVersion: 50,
  policy: 51,
  snapshot: 52,
} as const

export const FIRST_CONTROL_CODE = 32

/** What may be asked of the authority. */
export const ACTION_CODES = { close: 1, reopen: 2, numbers: 3, stock: 4, role: 5, cut: 6, check: 7 } as const
export type Action = keyof typeof ACTION_CODES

/** The two kinds of what a parcel op says: a part of its content, or what became of some of its items. */
export const PARCEL_CODES = { part: 1, settled: 2 } as const

export const ROLE_CODES = { authority: 1, supervisor: 2, technician: 3, edge: 4 } as const
