/** The wallet, the delegated zones and the sign-offs, as the desk reads them off the node's answers. */
import { describe, expect, test } from 'vitest'
import type { RequestRow, RightRow } from '../../shared/api/rows.ts'
import { plainRight, stockRight, zoneRight } from '../../renderer/authority/right-names.ts'
import { mayAccept, missingSignatures } from '../../renderer/authority/signatures.ts'
import { delegationsOf, sharingsOf, spansText, walletOf } from '../../renderer/authority/wallet.ts'
import { ownTurn, signedBy } from '../../renderer/job/sign-offs.ts'

const SELF = 'a'.repeat(64)
const OTHER = 'b'.repeat(64)
const HQ = 'c'.repeat(64)

const row = (of: Partial<RightRow> & Pick<RightRow, 'right' | 'of' | 'about' | 'left'>): RightRow => ({
  holder: SELF,
  name: 'Desk 1',
  kind: of.of === 'decide' ? 'token' : 'range',
  ranges: [],
  years: [],
  used: 0,
  self: (of.holder ?? SELF) === SELF,
  ...of,
})

const request = (of: Partial<RequestRow>): RequestRow => ({
  request: `${SELF}:1`,
  action: 'numbers',
  record: null,
  kind: null,
  detail: {},
  signed: [],
  mine: false,
  title: '',
  reference: null,
  number: null,
  by: SELF,
  name: 'Desk 1',
  state: 'waiting',
  waits_for: null,
  since: 0,
  decided: null,
  decided_by: null,
  reason: null,
  audit_number: null,
  ...of,
})

describe('the wallet', () => {
  test('DESK-85 holds what this device holds, job numbers first even where there are none', () => {
    const rows = [
      row({ ...stockRight('1'.repeat(32), 'Filter F7'), left: 12 }),
      row({ ...plainRight('enrol'), left: 3 }),
      row({ ...plainRight('job-number'), left: 84, holder: OTHER }),
    ]
    const wallet = walletOf(rows, [], SELF, false)
    expect(wallet.map(({ right, left, low }) => [right.of, left, low])).toEqual([
      ['job-number', 0, true],
      ['enrol', 3, false],
      ['stock', 12, false],
    ])
    const pool = row({ ...zoneRight('North'), left: 1 })
    expect(walletOf([pool], [], SELF, true)).toEqual([])
  })

  test('DESK-85 a zone’s closing tells with how many audit numbers it can be used', () => {
    const rows = [
      row({ ...zoneRight('North'), left: 1 }),
      row({ ...plainRight('audit-number'), left: 46 }),
      row({ ...plainRight('audit-number'), left: 7, holder: OTHER }),
    ]
    const north = walletOf(rows, [], SELF, false).find(({ right }) => right.of === 'decide')
    expect(north?.audits).toBe(46)
  })

  test('DESK-85 few audit numbers are low only for who holds a zone’s closing', () => {
    const few = row({ ...plainRight('audit-number'), left: 2 })
    const isLow = (rows: readonly RightRow[]): boolean | undefined =>
      walletOf(rows, [], SELF, false).find(({ right }) => right.of === 'audit-number')?.low
    expect([isLow([few]), isLow([few, row({ ...zoneRight('North'), left: 1 })])]).toEqual([false, true])
  })

  test('DESK-86 what was asked for stands by its right until it is answered, also where nothing of it is held', () => {
    const asked = request({ detail: { right: plainRight('enrol'), amount: 5 } })
    const wallet = walletOf([], [asked], SELF, false)
    expect(wallet.find(({ right }) => right.of === 'enrol')?.asked).toBe(asked)
    const others = request({ by: OTHER, detail: { right: plainRight('enrol'), amount: 5 } })
    const answered = request({ state: 'rejected', detail: { right: plainRight('enrol'), amount: 5 } })
    expect(walletOf([], [others, answered], SELF, false).map(({ right }) => right.of)).toEqual(['job-number'])
  })

  test('DESK-85 numbers are written as spans, with the year where they know one', () => {
    expect(spansText([[101, 184]], [0])).toBe('101–184')
    expect(
      spansText(
        [
          [51, 96],
          [7, 7],
        ],
        [2026, 2027],
      ),
    ).toBe('2026: 51–96, 2027: 7')
  })
})

describe('who holds what', () => {
  const rows = [
    row({ ...zoneRight('North'), left: 1, holder: OTHER, name: 'Desk 2' }),
    row({ ...zoneRight('Yard'), left: 1, holder: HQ, name: 'Headquarters' }),
    row({ ...zoneRight('Dock'), left: 0, used: 0, holder: OTHER, name: 'Desk 2' }),
    row({ ...plainRight('audit-number'), left: 9, holder: OTHER, name: 'Desk 2' }),
  ]

  test('DESK-84 a zone is delegated while a desk holds it, and not while the authority does', () => {
    expect(delegationsOf(rows, HQ).map(({ zone, name, audits }) => [zone, name, audits])).toEqual([
      ['North', 'Desk 2', 9],
    ])
  })

  test('DESK-88 rights stand with all their holders, zones by themselves', () => {
    const sharings = sharingsOf([...rows, row({ ...plainRight('audit-number'), left: 1, name: 'Desk 1' })])
    expect(sharings.map(({ right, rows: held }) => [right.of, held.map(({ name }) => name)])).toEqual([
      ['audit-number', ['Desk 1', 'Desk 2']],
    ])
  })
})

describe('sign-offs', () => {
  const sign = (actor: string, person: string, stale = false) => ({
    actor,
    name: actor,
    person,
    wall: 0,
    stale,
  })

  test('DESK-83 an incident’s closing is not accepted before two persons signed it off', () => {
    const closing = request({ action: 'close', kind: 'incident', mine: true, signed: ['Ana'] })
    expect([missingSignatures(closing), mayAccept(closing)]).toEqual([1, false])
    const whole = { ...closing, signed: ['Ana', 'Ben'] }
    expect([missingSignatures(whole), mayAccept(whole)]).toEqual([0, true])
    expect(mayAccept({ ...whole, mine: false })).toBe(false)
    expect(mayAccept({ ...closing, kind: 'job' })).toBe(true)
    expect(mayAccept({ ...closing, action: 'reopen' })).toBe(true)
  })

  test('DESK-83 two devices of one person are one sign-off, and an outdated one is none', () => {
    const all = [sign('Desk', 'Ana'), sign('Tablet', 'Ana'), sign('Phone', 'Ben', true)]
    expect(signedBy({ sign_offs: all })).toHaveLength(1)
    expect(ownTurn({ sign_offs: all, status: 'open' }, 'Ana')).toBe('done')
    expect(ownTurn({ sign_offs: all, status: 'open' }, 'Ben')).toBe('again')
    expect(ownTurn({ sign_offs: all, status: 'open' }, 'Cleo')).toBe('sign')
    expect(ownTurn({ sign_offs: all, status: 'closed' }, 'Cleo')).toBeNull()
  })
})
