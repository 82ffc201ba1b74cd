/**
 * The joining device's side of pairing: call the addresses of the code until the device with the right key
 * answers, prove both proofs, and learn the site.
 */
import { request } from 'node:http'
import * as v from 'valibot'
import { TallydeskError } from '../../shared/api/errors.ts'
import { equalBytes } from '../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { parseActorId, parseSiteId } from '../../shared/model/ids.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import type { Signer } from '../../shared/replica/ports.ts'
import type { Paired, TlsIdentity } from './contract.ts'
import { callSecurely, type SecureCall } from './dialer.ts'
import { PAIR_PATH } from './frames.ts'
import { CODE_SIZES, parsePairingCode, siteTag, type PairingCode } from './pairing-code.ts'
import { PairAnswer, PairRefusal, writePairRequest } from './pairing-proof.ts'

export type Joiner = {
  /** The new device's op key. */
  readonly signer: Signer
  readonly tlsIdentity: TlsIdentity
  readonly deviceName: string
  /** ms for each address; 5 s without it. */
  readonly timeout?: number
}

const TIMEOUT = 5_000

/**
 * Errors: `bad-pairing-code` (a typo, found at once), `pairing-unreachable`, `pairing-refused`, `pairing-expired`,
 * `pairing-used`, `site-mismatch`. Safe to repeat with the same keys: the same device gets the same answer.
 */
export async function pair(text: string, joiner: Joiner): Promise<Result<Paired, TallydeskError>> {
  const code = parsePairingCode(text)
  if (code === null) return err(new TallydeskError('bad-pairing-code'))
  for (const address of code.addresses) {
    const call = await callInviter(code, address, joiner)
    if (call !== null) return askToJoin(code, address, call, joiner)
  }
  return err(unreachable(code))
}

const unreachable = (code: PairingCode): TallydeskError =>
  new TallydeskError('pairing-unreachable', { address: code.addresses.join(', ') })

/** Null where nobody answers, or somebody with another key. */
async function callInviter(code: PairingCode, address: string, joiner: Joiner): Promise<SecureCall | null> {
  const { tlsIdentity: identity, timeout = TIMEOUT } = joiner
  const call = await callSecurely({ address, identity, timeout })
  if (!call.ok) return null
  if (equalBytes(call.value.keyHash.subarray(0, CODE_SIZES.keyHash), code.keyHash)) return call.value
  call.value.socket.destroy()
  return null
}

async function askToJoin(
  code: PairingCode,
  address: string,
  call: SecureCall,
  joiner: Joiner,
): Promise<Result<Paired, TallydeskError>> {
  const transcript = {
    invite: code.invite,
    opKey: joiner.signer.publicKey,
    name: joiner.deviceName,
    joinerKeyHash: joiner.tlsIdentity.keyHash,
    inviterKeyHash: call.keyHash,
  }
  const answer = await post(
    call,
    writePairRequest(code.secret, transcript, joiner.signer),
    joiner.timeout ?? TIMEOUT,
  )
  if (answer === null) return err(unreachable(code))
  return readAnswer(answer, code, address, call)
}

function readAnswer(
  answer: string,
  code: PairingCode,
  address: string,
  call: SecureCall,
): Result<Paired, TallydeskError> {
  const json = parseJson(answer)
  const refusal = v.safeParse(PairRefusal, json)
  if (refusal.success) return err(new TallydeskError(refusal.output.error))
  const accepted = v.safeParse(PairAnswer, json)
  if (!accepted.success) return err(new TallydeskError('pairing-refused'))
  const site = parseSiteId(accepted.output.site)
  const actor = parseActorId(accepted.output.actor)
  if (site === null || actor === null) return err(new TallydeskError('pairing-refused'))
  if (!equalBytes(siteTag(site), code.site)) return err(new TallydeskError('site-mismatch'))
  return ok({ site, role: accepted.output.role, pin: { actor, keyHash: call.keyHash }, address })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The body of the answer, whatever its status; null when none came. */
function post(call: SecureCall, body: string, timeout: number): Promise<string | null> {
  return new Promise((resolve) => {
    const asked = request({
      createConnection: () => call.socket,
      method: 'POST',
      path: PAIR_PATH,
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
      timeout,
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(null))
    asked.on('close', () => resolve(null))
    asked.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text = (text + chunk).slice(0, LIMITS.pairingBytes)))
      response.on('end', () => resolve(text))
      response.on('error', () => resolve(null))
    })
    asked.end(body)
  })
}
