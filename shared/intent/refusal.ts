/** Why a command is not carried out. The codes are those of the error table; nothing was written. */
export type RefusalCode =
  | 'already-closed'
  | 'authority-itself'
  | 'cannot-close'
  | 'cannot-sign'
  | 'device-cut'
  | 'holds-nothing'
  | 'not-enough'
  | 'not-adoptable'
  | 'not-in-review'
  | 'not-revocable'
  | 'nothing-new'
  | 'sign-offs-missing'
  | 'token-elsewhere'
  | 'token-out'
  | 'token-passed'
  | 'unknown-right'
  | 'already-open'
  | 'already-requested'
  | 'bad-field'
  | 'bad-item'
  | 'bad-value'
  | 'frozen'
  | 'item-settled'
  | 'no-such-conflict'
  | 'not-authority'
  | 'not-found'
  | 'rules-not-higher'
  | 'rules-unknown'
  | 'not-permitted'
  | 'request-settled'
  | 'stale-choice'
  | 'too-large'
  | 'too-many-branches'

export type Refusal = {
  readonly code: RefusalCode
  readonly params: Readonly<Record<string, string | number>>
}

export const refuse = (code: RefusalCode, params: Refusal['params'] = {}): Refusal => ({ code, params })
