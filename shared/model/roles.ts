/** What a device may be in its site, as the authority admitted it. */
export const ROLES = ['authority', 'supervisor', 'technician', 'edge'] as const
export type Role = (typeof ROLES)[number]
