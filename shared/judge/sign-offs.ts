/** How many persons must sign off an incident before the authority may close it: its closing has legal effect. */
const PERSONS_NEEDED = 2

export const missingSignOffs = (signed: number): number => Math.max(0, PERSONS_NEEDED - signed)
