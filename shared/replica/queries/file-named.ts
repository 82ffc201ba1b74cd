/** Which attachment names some bytes: what no attachment in sight names, nobody is given. */
import type { ChildId } from '../../model/ids.ts'
import { toHex, type Bytes } from '../../base/bytes.ts'
import { shownValue } from '../../merge/register.ts'
import type { Core } from '../core.ts'

/** Null where no attachment that shows names them. */
export function fileNamed(core: Core, sha256: string): string | null {
  // As the index `value_file` has it.
  const naming = core.sql
    .prepare(
      'SELECT record, child FROM value WHERE field = 21 AND sub = 2 AND value = ? GROUP BY record, child',
    )
    .all<{ record: number; child: Bytes }>(sha256)
  for (const { record, child } of naming) {
    const name = nameAt(core, record, toHex(child) as ChildId, sha256)
    if (name !== null) return name
  }
  return null
}

function nameAt(core: Core, record: number, child: ChildId, sha256: string): string | null {
  const state = core.states.of(record)
  const shown = state.children('attachments').find(({ id }) => id === child)
  return shown && shownValue(shown.live('sha256')) === sha256
    ? String(shownValue(shown.live('name')) ?? '')
    : null
}
