/** One bound on what is taken in from outside, with its unit, its reason and what happens beyond it. */
export type Limit = {
  readonly most: number
  readonly unit: 'bytes' | 'ms' | 'levels' | 'characters' | 'a minute' | 'a second' | ''
  readonly what: string
  readonly why: string
  readonly beyond: string
}

export const limit = (
  most: number,
  unit: Limit['unit'],
  what: string,
  why: string,
  beyond: string,
): Limit => ({
  most,
  unit,
  what,
  why,
  beyond,
})

export const KIB = 1024
export const MIB = 1024 * KIB
