/** The two ways in which a device comes to a site: it founds one, or it joins one with a code. */
import type { CommandInput, CommandResult } from '../../shared/api/commands.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import { createSite, openReplica } from '../../shared/replica/replica.ts'
import type { Paired } from '../net/contract.ts'
import { pair } from '../net/pair.ts'
import { addressBookIn } from '../store/address-book.ts'
import { makeRecoveryKey } from '../store/recovery-key.ts'
import type { Machine } from './machine.ts'

export type Founded = { readonly replica: Replica; readonly recovery: string }

/** The recovery key is stored nowhere: who asked must show it to the person now. */
export function foundSite(machine: Machine, { site, name }: CommandInput<'setup.init'>): Founded {
  const recovery = makeRecoveryKey()
  const replica = createSite(machine.world, machine.signer, {
    site,
    name,
    person: name,
    tlsKeyHash: machine.identity.keyHash,
    recoveryKey: recovery.publicKey,
  })
  return { replica, recovery: recovery.secret }
}

export type Joined = { readonly replica: Replica; readonly paired: Paired }

/** Pairs over the wire; what was learned is durable before anything is synced, so that a crash undoes nothing. */
export async function joinSite(
  machine: Machine,
  { code, name }: CommandInput<'setup.join'>,
): Promise<Result<Joined, TallydeskError>> {
  const paired = await pair(code.trim(), {
    signer: machine.signer,
    tlsIdentity: machine.identity,
    deviceName: name,
  })
  if (!paired.ok) return paired
  const { site, pin, address } = paired.value
  machine.facts.keepJoined({ site, name, pin })
  addressBookIn(machine.sql).remember(pin.actor, address, machine.clock.now())
  return ok({ replica: openReplica(machine.world, machine.signer, site), paired: paired.value })
}

export type Admitting = {
  readonly isAdmitted: () => boolean
  /** It is on its way, however long it takes: there is more to wait for. */
  readonly isComing: () => boolean
  /** Calls back after every change, until told to stop. */
  readonly watch: (look: () => void) => () => void
  /** ms. */
  readonly limit: number
}

/** Waits until this device's own admission is in its log: from then on it can work alone. */
export function untilAdmitted(
  { isAdmitted, isComing, watch, limit }: Admitting,
  joined: CommandResult<'setup.join'>,
): Promise<Result<CommandResult<'setup.join'>, TallydeskError>> {
  return new Promise((resolve) => {
    const settle = (result: Result<CommandResult<'setup.join'>, TallydeskError>) => {
      clearTimeout(timer)
      stop()
      resolve(result)
    }
    const look = () => {
      if (isAdmitted()) settle(ok(joined))
    }
    const late = () => {
      if (isComing()) timer.refresh()
      else settle(err(new TallydeskError('not-synced', { seconds: Math.round(limit / 1000) })))
    }
    const stop = watch(look)
    const timer = setTimeout(late, limit)
    look()
  })
}
