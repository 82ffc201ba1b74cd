/** Two and more networks with real sockets, TLS and replicas on the loopback. */
import { afterEach, describe, expect, test } from 'vitest'
import type { PeerLink } from '../../main/net/contract.ts'
import { closeDevices, found, enrol, linkTo, sameLog, until, type Device } from './device.ts'

afterEach(closeDevices)

async function office(): Promise<Device> {
  const desk = await found('Desk')
  await desk.start()
  return desk
}

describe('links', () => {
  test('NET-1 a device that has just paired syncs with its inviter over mutual TLS', async () => {
    const desk = await office()
    desk.work('Inspect valve')
    const tablet = await enrol(desk, 'Tablet', 'technician', { peers: [desk.listen] })
    await tablet.start()
    await until(() => sameLog(desk, tablet), 'both hold the same')
    tablet.work('Replace filter')
    await until(() => sameLog(desk, tablet), 'what the tablet wrote is at the desk')
    expect(linkTo(desk, tablet)).toBe('up')
    expect(desk.network.peers()[0]).toMatchObject({ via: 'lan', lag: 0 })
  })

  test('NET-2 of two links to one peer exactly one stays, and ops still flow', async () => {
    const desk = await office()
    const tablet = await enrol(desk, 'Tablet', 'technician', { peers: [desk.listen] })
    await tablet.start()
    await until(() => sameLog(desk, tablet), 'the first sync')
    for (let round = 0; round < 5; round += 1) {
      desk.network.dial(tablet.listen)
      tablet.network.dial(desk.listen)
      await until(() => linkTo(desk, tablet) === 'up' && linkTo(tablet, desk) === 'up', 'a link')
      desk.work(`Round ${round}`)
      await until(() => sameLog(desk, tablet), 'the op arrives')
    }
    expect(desk.network.status().peers.linked).toBe(1)
    expect(tablet.network.status().peers.linked).toBe(1)
    const changes = (): number =>
      [desk, tablet].flatMap(({ log }) => log.filter(({ message }) => message.startsWith('link'))).length
    const before = changes()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(changes()).toBe(before)
  })

  test('NET-3 a lost peer is called again until it answers, at the same address', async () => {
    const desk = await office()
    const tablet = await enrol(desk, 'Tablet', 'technician', { peers: [desk.listen] })
    await tablet.start()
    await until(() => sameLog(desk, tablet), 'the first sync')
    desk.network.setLan(false)
    await until(() => linkTo(tablet, desk) === 'down', 'the link is lost')
    tablet.work('Meanwhile')
    expect(desk.network.status().lan.state).toBe('off')
    desk.network.setLan(true)
    await until(() => sameLog(desk, tablet), 'they found each other again')
    expect(desk.network.status().lan.state).toBe('up')
  })

  test('NET-4 ops pass through a third device', async () => {
    const desk = await office()
    const edge = await enrol(desk, 'Edge', 'edge', { peers: [desk.listen] })
    await edge.start()
    await until(() => sameLog(desk, edge), 'the edge has it')
    const tablet = await enrol(desk, 'Tablet', 'technician', { peers: [edge.listen] })
    await until(() => sameLog(desk, edge), 'the edge knows the tablet')
    await tablet.start()
    // It pinned its inviter alone, so it waits until it learns of the edge: by the inviter.
    tablet.network.dial(desk.listen)
    await until(() => sameLog(tablet, desk), 'the tablet has synced')
    await until(() => linkTo(tablet, edge) === 'up', 'the tablet meets the edge')
    desk.network.setLan(false)
    tablet.work('While the desk is away')
    await until(() => sameLog(tablet, edge), 'the edge has it')
    await edge.stop()
    desk.network.setLan(true)
  })

  test('NET-5 links to headquarters count as WAN, and its switch closes them alone', async () => {
    const hq = await office()
    const desk = await enrol(hq, 'Desk', 'supervisor', { hq: hq.listen })
    await desk.start()
    await until(() => sameLog(hq, desk), 'the first sync')
    const tablet = await enrol(hq, 'Tablet', 'technician', { peers: [hq.listen, desk.listen] })
    await tablet.start()
    await until(() => linkTo(desk, tablet) === 'up', 'the tablet is here')
    expect(desk.network.status().wan.state).toBe('up')
    desk.network.setWan(false)
    await until(() => linkTo(desk, hq) === 'off', 'the WAN link is gone')
    expect(linkTo(desk, tablet)).toBe('up')
    expect(desk.network.status().wan.state).toBe('off')
    desk.network.setWan(true)
    await until(() => desk.network.status().wan.state === 'up', 'the WAN is back')
  })

  test('NET-5 headquarters can cut everything, and desks see the WAN as down', async () => {
    const hq = await office()
    const desk = await enrol(hq, 'Desk', 'supervisor', { hq: hq.listen })
    await desk.start()
    await until(() => sameLog(hq, desk), 'the first sync')
    expect(desk.network.reach()).toEqual({ why: null, since: null })
    hq.network.setLan(false)
    hq.network.setWan(false)
    await until(() => desk.network.status().wan.state === 'down', 'the desk notices')
    expect(hq.network.status().peers.linked).toBe(0)
    expect(desk.network.reach()).toEqual({ why: 'wan-out', since: desk.network.status().wan.since })
    desk.work('Offline')
    hq.network.setLan(true)
    hq.network.setWan(true)
    await until(() => sameLog(hq, desk), 'they meet again')
    expect(desk.network.status().wan.state).toBe('up')
  })

  test('NET-34 a tablet behind a desk knows whether the desk hears headquarters', async () => {
    const hq = await office()
    const desk = await enrol(hq, 'Desk', 'supervisor', { hq: hq.listen })
    await desk.start()
    const tablet = await enrol(hq, 'Tablet', 'technician', { peers: [desk.listen] })
    await until(() => sameLog(hq, desk), 'the desk knows the tablet')
    await tablet.start()
    expect(tablet.network.reach()).toEqual({ why: 'never-heard', since: null })
    // Only its inviter is pinned: it meets that one once.
    tablet.network.dial(hq.listen)
    await until(() => linkTo(tablet, desk) === 'up' && sameLog(tablet, hq), 'the tablet has synced')
    tablet.network.setWan(false)
    const since = Date.now()
    hq.network.setLan(false)
    hq.network.setWan(false)
    await until(() => desk.network.reach().why === 'wan-out', 'the desk hears nothing', 20_000)
    await until(() => tablet.network.reach().why === 'wan-out', 'nor does the tablet, through it', 20_000)
    expect(tablet.network.reach().since ?? 0).toBeLessThan(since + 5_000)
    hq.network.setLan(true)
    await until(() => desk.network.reach().why === null, 'headquarters is back')
    await until(() => tablet.network.reach().why === null, 'and the tablet knows', 20_000)
  })

  test('NET-6 a tablet links at most four other tablets', async () => {
    const desk = await office()
    const tablets: Device[] = []
    for (let i = 0; i < 6; i += 1)
      tablets.push(await enrol(desk, `Tablet ${i}`, 'technician', { peers: [desk.listen] }))
    for (const tablet of tablets) await tablet.start()
    await until(() => tablets.every((tablet) => sameLog(tablet, desk)), 'everybody has synced')
    const [first, ...others] = tablets
    for (const other of others) first?.network.dial(other.listen)
    const peers = (): readonly PeerLink[] =>
      first?.network.peers().filter(({ actor }) => actor !== desk.replica.actor) ?? []
    await until(() => peers().filter(({ link }) => link === 'up').length === 4, 'four links')
    await until(
      () => peers().some(({ why }) => why === 'enough'),
      'the fifth is one too many, and known to be',
    )
    for (const { network } of tablets) expect(network.tablets()?.linked).toBeLessThanOrEqual(4)
    expect(first?.network.tablets()).toEqual({ linked: 4, most: 4 })
    expect(desk.network.tablets()).toBeNull()
    expect(linkTo(desk, tablets[0] ?? desk)).toBe('up')
  })

  test('NET-62 two that know a third by IPv6 alone are told of each other, and link', async () => {
    const listen = { host: '::1', port: 0 }
    const desk = await found('Desk', { listen })
    await desk.start()
    const one = await enrol(desk, 'Tablet 1', 'technician', { listen, peers: [desk.listen] })
    const two = await enrol(desk, 'Tablet 2', 'technician', { listen, peers: [desk.listen] })
    await one.start()
    await two.start()
    await until(() => linkTo(one, two) === 'up' && linkTo(two, one) === 'up', 'they are linked', 60_000)
    for (const { address } of one.network.peers()) expect(address).toMatch(/^\[::1\]:\d+$/)
  })

  test('NET-7 an address in use is an error that names it', async () => {
    const desk = await office()
    const [host = '', port = ''] = desk.listen.split(':')
    const second = await found('Second', { listen: { host, port: Number(port) } })
    await expect(second.start()).rejects.toMatchObject({
      code: 'address-in-use',
      params: { address: desk.listen },
    })
  })

  test('NET-8 a device is never linked to itself', async () => {
    const desk = await office()
    desk.network.dial(desk.listen)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(desk.network.status().peers).toEqual({ linked: 0, seen: 0 })
  })

  test('NET-9 what is no host:port is not dialled', async () => {
    const desk = await office()
    for (const text of ['', 'desk', 'desk:', ':4000', 'desk:99999', 'http://desk:1', 'desk:0', 'a b:1']) {
      expect(desk.network.dial(text)).toBe(false)
    }
    expect(desk.network.dial('desk.local:4000')).toBe(true)
    expect(desk.network.dial('[fe80::1]:4000')).toBe(true)
  })

  test('NET-10 an address that leads nowhere is shown with the reason', async () => {
    const desk = await office()
    desk.network.dial('127.0.0.1:1')
    await until(() => desk.network.seen().length === 1, 'it is shown')
    expect(desk.network.seen()).toEqual([{ address: '127.0.0.1:1', why: 'unreachable' }])
  })

  test('NET-11 status says since when nobody is heard, and null while somebody is', async () => {
    const desk = await office()
    expect(desk.network.status().unknown_since).toBeTypeOf('number')
    const tablet = await enrol(desk, 'Tablet', 'technician', { peers: [desk.listen] })
    await tablet.start()
    await until(() => desk.network.status().unknown_since === null, 'somebody is here')
    const before = Date.now()
    await tablet.stop()
    await until(() => desk.network.status().unknown_since !== null, 'nobody is')
    expect(desk.network.status().unknown_since).toBeGreaterThanOrEqual(before)
  })

  test('NET-12 listeners are told of a change', async () => {
    const desk = await office()
    let told = 0
    desk.network.onChange(() => (told += 1))
    const tablet = await enrol(desk, 'Tablet', 'technician', { peers: [desk.listen] })
    await tablet.start()
    await until(() => told > 0 && linkTo(desk, tablet) === 'up', 'the link was told of')
  })
})

describe('a replica that cannot store', () => {
  test('NET-35 ends its links and goes on, and catches up once it can store again', async () => {
    const desk = await office()
    let full = false
    const tablet = await enrol(desk, 'Tablet', 'technician', { peers: [desk.listen], diskIsFull: () => full })
    await tablet.start()
    await until(() => sameLog(desk, tablet), 'the first sync')
    full = true
    desk.work('More than fits')
    await until(
      () => tablet.log.some(({ message }) => message.includes('fault of the replica')),
      'it is logged',
    )
    await until(() => desk.network.status().peers.linked === 0, 'the link is gone')
    full = false
    await until(() => sameLog(desk, tablet), 'it has caught up')
  })
})

describe('members that are none any more', () => {
  test('NET-13 devices of another site get no op, and are told why nothing comes of it', async () => {
    const desk = await office()
    const other = await office()
    other.work('Not ours')
    desk.network.dial(other.listen)
    await until(() => desk.network.seen().some(({ why }) => why === 'not-member'), 'it is shown')
    expect(desk.network.status().peers.linked).toBe(0)
    expect(other.network.status().peers.linked).toBe(0)
  })
})
