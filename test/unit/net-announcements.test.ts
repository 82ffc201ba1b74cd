/** What comes over the multicast group: how much of it is read at all, and what is read of it. */
import { decode, encode } from 'dns-packet'
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { readAnnouncements } from '../../main/net/announcement.ts'
import { GuardedSocket } from '../../main/net/guarded-socket.ts'

const TYPE = '_tallydesk._tcp.local'

class Group extends EventEmitter {
  send(): void {
    this.emit('sent')
  }
  dropMembership(): void {
    this.emit('left')
  }
  close(): this {
    return this
  }
}

/** A guarded socket on a group of the test's, at a moment of the test's. */
function guarded(): { group: Group; passed: string[]; at: { now: number } } {
  const group = new Group()
  const at = { now: 10_000 }
  const passed: string[] = []
  const guard = new GuardedSocket(
    group,
    () => undefined,
    () => at.now,
  )
  guard.on('message', (_: Buffer, from: { address: string }) => passed.push(from.address))
  return { group, passed, at }
}

test('NET-30 of what one address floods the group with little is read, and the others are heard', () => {
  const { group, passed, at } = guarded()
  for (let i = 0; i < 5_000; i += 1) group.emit('message', Buffer.alloc(100), { address: '10.0.0.66' })
  group.emit('message', Buffer.alloc(100), { address: '10.0.0.2' })
  expect(passed.filter((address) => address === '10.0.0.66').length).toBe(30)
  expect(passed.at(-1)).toBe('10.0.0.2')
  at.now += 1_000
  group.emit('message', Buffer.alloc(100), { address: '10.0.0.66' })
  expect(passed.length).toBe(32)
})

test('NET-30 of what many addresses flood the group with no more than a few hundred packets a second are read', () => {
  const { group, passed } = guarded()
  for (let i = 0; i < 5_000; i += 1)
    group.emit('message', Buffer.alloc(100), { address: `10.0.${i % 250}.${i % 7}` })
  expect(passed.length).toBe(300)
})

test('NET-30 a packet that is longer than mDNS allows is not read', () => {
  const { group, passed } = guarded()
  group.emit('message', Buffer.alloc(9_001), { address: '10.0.0.2' })
  expect(passed).toEqual([])
})

test('NET-29 of a packet with hundreds of names four are read, without what has no text or no port', () => {
  const names = Array.from({ length: 200 }, (_, i) => `${i}.${TYPE}`)
  const answers = names.flatMap((name, i) => [
    { name, type: 'SRV', ttl: 120, data: { port: i, target: 'x.local' } },
    ...(i === 2
      ? []
      : [{ name, type: 'TXT', ttl: 120, data: ['site=a', 'nonsense', `long=${'x'.repeat(240)}`] }]),
  ])
  const read = readAnnouncements(decode(encode({ type: 'response', answers })), TYPE)
  expect(read.map(({ port }) => port)).toEqual([1, 3])
  expect([...(read[0]?.txt ?? [])]).toEqual([['site', 'a']])
  expect(readAnnouncements(decode(encode({ type: 'query', answers })), TYPE)).toEqual([])
})
