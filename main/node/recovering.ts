/** The worst day: the authority is lost. With the recovery key, this device takes its place. */
import type { CommandInput, CommandResult } from '../../shared/api/commands.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import { err, type Result } from '../../shared/base/result.ts'
import { recoverySigner } from '../store/recovery-key.ts'
import type { Site } from './site.ts'

export async function recover(
  site: Site,
  { key }: CommandInput<'site.recover'>,
): Promise<Result<CommandResult<'site.recover'>, TallydeskError>> {
  const signer = recoverySigner(key)
  if (signer === null) return err(new TallydeskError('bad-recovery-key'))
  const may = await site.mayWrite()
  return may.ok ? site.replica.recover(signer) : may
}
