/** Why an op does not count. Codes are stable; the person's words stand in the catalogue of reasons under the same code. */
export type ReasonCode =
  | 'unknown-record'
  | 'unknown-child'
  | 'bad-field'
  | 'bad-value'
  | 'unseen-dot'
  | 'mixed-control'
  | 'bad-text'
  | 'not-member'
  | 'cut'
  | 'not-permitted'
  | 'not-authority'
  | 'authority-itself'
  | 'one-authority'
  | 'already-member'
  | 'unknown-request'
  | 'already-decided'
  | 'withdrawn'
  | 'already-closed'
  | 'already-open'
  | 'number-used'
  | 'not-author'
  | 'frozen'
  | 'rests-on'
  | 'newer-version'
  | 'newer-rules'
  | 'rules-not-higher'
  | 'forked'
  | 'unknown-op'
  | 'unknown-right'
  | 'bad-share'
  | 'not-enough'
  | 'number-outside'
  | 'token-out'
  | 'token-elsewhere'
  | 'token-passed'
  | 'already-reclaimed'
  | 'technicians-only'
  | 'cannot-close'
  | 'cannot-sign'
  | 'sign-offs'
  | 'not-in-review'
  | 'not-adoptable'
  | 'not-revocable'
  | 'unknown-parcel'

export type ReasonOf = {
  readonly code: ReasonCode
  readonly params: Readonly<Record<string, string | number>>
}

export const reason = (code: ReasonCode, params: ReasonOf['params'] = {}): ReasonOf => ({ code, params })

export type Verdict =
  | { readonly judgement: 'accepted' }
  | { readonly judgement: 'late' | 'rejected' | 'held'; readonly reason: ReasonOf }

export const ACCEPTED: Verdict = { judgement: 'accepted' }
export const rejected = (why: ReasonOf): Verdict => ({ judgement: 'rejected', reason: why })
