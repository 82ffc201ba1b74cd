/** What a role is called; one that is not known here shows its own name. */
import { words } from './messages.ts'

export function roleName(role: string): string {
  const names: Readonly<Record<string, string>> = words().role
  return Object.hasOwn(names, role) ? (names[role] ?? role) : role
}
