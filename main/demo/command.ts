/** How the `tallydesk` command is started from here: the bundle where it is built, else the sources. */
import type { Tallydesk } from './device.ts'
import { findUpwards } from './nearby.ts'

/** Electron's program runs plain Node scripts when told so; Node itself does not mind. */
export function ownTallydesk(): Tallydesk {
  const script = findUpwards('cli/tallydesk.js', 'main/cli/tallydesk.ts')
  return { program: process.execPath, args: [script], env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } }
}
