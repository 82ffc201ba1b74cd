/** What a person can do with a stock item: take from the device's share, ask for a larger one, or count in. */
export type Act = 'draw' | 'ask' | 'count'
