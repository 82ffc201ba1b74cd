/** Pairing over real TLS: what a code gives, and every way in which it can fail. */
import fc from 'fast-check'
import { generateKeyPairSync, sign } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { fromBase32, toBase32 } from '../../main/net/base32.ts'
import { pair, type Joiner } from '../../main/net/pair.ts'
import { formatPairingCode, parsePairingCode, type PairingCode } from '../../main/net/pairing-code.ts'
import { createTlsIdentity } from '../../main/net/tls-identity.ts'
import { rawPublicKey } from '../../main/store/op-key.ts'
import type { ErrorCode } from '../../shared/api/errors.ts'
import type { Signer } from '../../shared/replica/ports.ts'
import { closeDevices, enrol, found, sameLog, TestClock, unwrap, until, type Device } from './device.ts'

afterEach(closeDevices)

function newSigner(): Signer {
  const { privateKey } = generateKeyPairSync('ed25519')
  return {
    publicKey: rawPublicKey(privateKey),
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  }
}

const joiner = async (): Promise<Joiner> => ({
  signer: newSigner(),
  tlsIdentity: await createTlsIdentity('New'),
  deviceName: 'New',
  timeout: 2_000,
})

async function office(clock = new TestClock()): Promise<Device> {
  const desk = await found('Desk', { clock })
  await desk.start()
  return desk
}

const invite = (desk: Device): string =>
  desk.network.invites.create({ role: 'technician', name: 'Tablet 3' }).code

async function problemOf(code: string, who?: Joiner): Promise<ErrorCode | null> {
  const result = await pair(code, who ?? (await joiner()))
  return result.ok ? null : result.error.code
}

/** The same code with another secret: what somebody would send who saw all of it but that. */
function withSecret(code: string, change: (parsed: PairingCode) => Partial<PairingCode>): string {
  const parsed = parsePairingCode(code)
  if (parsed === null) throw new Error('not a code')
  return formatPairingCode({ ...parsed, ...change(parsed) })
}

const wrong = (code: string): string =>
  withSecret(code, ({ secret }) => ({ secret: secret.map((byte) => byte ^ 1) }))

describe('a code', () => {
  test('PAIR-1 admits one device with the role and name it was made for', async () => {
    const desk = await office()
    const paired = unwrap(await pair(invite(desk), await joiner()))
    expect(paired).toMatchObject({ site: desk.replica.site, role: 'technician', address: desk.listen })
    expect(paired.pin).toEqual({ actor: desk.replica.actor, keyHash: desk.identity.keyHash })
    const member = desk.replica.members().find(({ name }) => name === 'New')
    expect(member).toMatchObject({ role: 'technician', person: 'Tablet 3' })
  })

  test('PAIR-2 works once', async () => {
    const desk = await office()
    const code = invite(desk)
    expect(await problemOf(code)).toBeNull()
    expect(await problemOf(code)).toBe('pairing-used')
    expect(desk.network.invites.list()).toMatchObject([{ state: 'used' }])
  })

  test('PAIR-2 gives the same device the same answer again, for the first may have been lost', async () => {
    const desk = await office()
    const code = invite(desk)
    const who = await joiner()
    const first = unwrap(await pair(code, who))
    const members = desk.replica.members().length
    expect(unwrap(await pair(code, who))).toEqual(first)
    expect(desk.replica.members().length).toBe(members)
  })

  test('PAIR-3 lasts ten minutes', async () => {
    const clock = new TestClock()
    const desk = await office(clock)
    const { code, expires } = desk.network.invites.create({ role: 'edge', name: 'Edge' })
    expect(expires - clock.now()).toBeGreaterThan(9.9 * 60_000)
    clock.forward(10 * 60_000 + 1)
    expect(await problemOf(code)).toBe('pairing-expired')
    expect(desk.network.invites.list()).toMatchObject([{ state: 'expired' }])
  })

  test('PAIR-4 dies of five wrong tries', async () => {
    const desk = await office()
    const code = invite(desk)
    for (let i = 0; i < 5; i += 1) {
      expect(desk.network.invites.list()).toMatchObject([{ state: 'open' }])
      expect(await problemOf(wrong(code))).toBe('pairing-refused')
    }
    expect(desk.network.invites.list()).toMatchObject([{ state: 'blocked' }])
    expect(await problemOf(code)).toBe('pairing-refused')
  })

  test('PAIR-4 survives four', async () => {
    const desk = await office()
    const code = invite(desk)
    for (let i = 0; i < 4; i += 1) await problemOf(wrong(code))
    expect(await problemOf(code)).toBeNull()
  })

  test('PAIR-5 can be revoked', async () => {
    const desk = await office()
    const { code, invite: id } = desk.network.invites.create({ role: 'technician', name: 'Tablet' })
    expect(desk.network.invites.revoke(id)).toBe(true)
    expect(desk.network.invites.revoke(id)).toBe(false)
    expect(await problemOf(code)).toBe('pairing-refused')
  })

  test('PAIR-6 with a typo is known as such without calling anybody', async () => {
    const desk = await office()
    const code = invite(desk)
    await desk.stop()
    for (let at = 0; at < code.length; at += 7) {
      const bent = code.slice(0, at) + (code[at] === 'X' ? 'Y' : 'X') + code.slice(at + 1)
      expect(await problemOf(bent)).toBe('bad-pairing-code')
    }
    for (const text of ['', 'hello', code.slice(1), code.slice(0, -6), `${code}A`, 'é'.repeat(90)]) {
      expect(await problemOf(text)).toBe('bad-pairing-code')
    }
  })

  test('PAIR-6 may be typed in small letters, with spaces, with O for 0 and l for 1', async () => {
    const desk = await office()
    const typed = invite(desk).toLowerCase().replace(/-/g, ' ').replace(/0/g, 'o').replace(/1/g, 'l')
    expect(await problemOf(` ${typed}\n`)).toBeNull()
  })

  test('PAIR-7 whose node does not answer says at which address', async () => {
    const desk = await office()
    const code = invite(desk)
    await desk.stop()
    const result = await pair(code, await joiner())
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'pairing-unreachable', params: { address: desk.listen } },
    })
  })

  test('PAIR-8 is not told to another device that answers at its address', async () => {
    const desk = await office()
    const other = await office()
    const code = withSecret(invite(desk), () => ({ addresses: [other.listen] }))
    expect(await problemOf(code)).toBe('pairing-unreachable')
    expect(other.log).toEqual([])
  })

  test('PAIR-8 tries its addresses one after the other', async () => {
    const desk = await office()
    const other = await office()
    const code = withSecret(invite(desk), () => ({ addresses: ['127.0.0.1:1', other.listen, desk.listen] }))
    expect(await problemOf(code)).toBeNull()
  })

  test('PAIR-9 of one site is not answered for another', async () => {
    const desk = await office()
    const code = withSecret(invite(desk), () => ({ site: new Uint8Array(16).fill(7) }))
    expect(await problemOf(code)).toBe('site-mismatch')
  })

  test('PAIR-10 is refused where the node may not admit', async () => {
    const desk = await office()
    const tablet = await enrol(desk, 'Tablet', 'technician', { peers: [desk.listen] })
    await tablet.start()
    await until(() => sameLog(desk, tablet), 'the tablet has synced')
    expect(await problemOf(invite(tablet))).toBe('pairing-refused')
  })

  test('PAIR-11 does not let in a device that does not hold the op key it names', async () => {
    const desk = await office()
    const who = await joiner()
    const thief = {
      ...who,
      signer: { publicKey: newSigner().publicKey, sign: (message: Uint8Array) => who.signer.sign(message) },
    }
    expect(await problemOf(invite(desk), thief)).toBe('pairing-refused')
    expect(desk.replica.members().length).toBe(1)
  })

  test('PAIR-12 cannot be taken over by replaying what another device sent', async () => {
    const desk = await office()
    const who = await joiner()
    const code = invite(desk)
    unwrap(await pair(code, who))
    // The same proofs over another TLS key do not hold.
    expect(await problemOf(code, { ...who, tlsIdentity: await createTlsIdentity('Thief') })).toBe(
      'pairing-used',
    )
  })
})

describe('its letters', () => {
  const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
    fc.uint8Array({ minLength: length, maxLength: length })
  const host = fc.oneof(fc.ipV4(), fc.domain(), fc.constant('::1'), fc.constant('fe80::1'))
  const address = fc
    .tuple(host, fc.integer({ min: 1, max: 65_535 }))
    .map(([name, port]) => (name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`))
  const code = fc.record({
    site: bytes(16),
    keyHash: bytes(16),
    invite: bytes(4),
    secret: bytes(10),
    addresses: fc.array(address, { minLength: 1, maxLength: 4 }),
  })

  test('PAIR-13 every code is read as it was written', () => {
    fc.assert(
      fc.property(code, (each) => {
        expect(parsePairingCode(formatPairingCode(each))).toEqual(each)
      }),
    )
  })

  test('PAIR-13 base32 gives back every byte string, and no two texts stand for one', () => {
    const letters = fc.string({ unit: fc.constantFrom(...Array.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ')) })
    fc.assert(
      fc.property(fc.uint8Array(), letters, (each, text) => {
        expect(fromBase32(toBase32(each))).toEqual(each)
        const read = fromBase32(text)
        expect(read === null ? text : toBase32(read)).toBe(text)
      }),
    )
  })
})
