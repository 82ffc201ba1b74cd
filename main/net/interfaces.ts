/** The addresses of this machine, and whether another is on a network of its own. */
import { BlockList, isIP, isIPv4, isIPv6, SocketAddress } from 'node:net'
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'

/** One IPv4 address an interface, sorted. `named` picks by name or address, the loopback too; without it all but that. */
export function usableAddresses(named?: readonly string[]): readonly string[] {
  const addresses = Object.entries(networkInterfaces()).flatMap(([name, infos]) => {
    const info = (infos ?? []).find(({ family }) => family === 'IPv4')
    if (info === undefined) return []
    const isUsable =
      named === undefined ? !info.internal : named.includes(name) || named.includes(info.address)
    return isUsable ? [info.address] : []
  })
  return addresses.sort()
}

const everyAddress = (): readonly NetworkInterfaceInfo[] =>
  Object.values(networkInterfaces()).flatMap((infos) => infos ?? [])

/** All addresses of this machine, of every family, sorted. */
export const ownAddresses = (): readonly string[] =>
  everyAddress()
    .map(({ address }) => address)
    .sort()

/** Can this address be reached without a router? */
export const isOnOwnNetwork = (host: string): boolean =>
  everyAddress().some(({ cidr }) => cidr !== null && isWithin(host, cidr))

/** Networks of buildings: nobody is called in the wide internet because a peer said so. */
const PRIVATE = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
] as const

export const isPrivate = (host: string): boolean => PRIVATE.some((cidr) => isWithin(host, cidr))

export const isLoopback = (host: string): boolean =>
  isWithin(host, '127.0.0.0/8') || isWithin(host, '::1/128')

/** Such an IPv6 address counts on one link alone, and each device names its links as it likes. */
export const isOfOneLink = (host: string): boolean => isWithin(host, 'fe80::/10')

/** IP addresses of one family only; a name is within nothing. */
function isWithin(host: string, cidr: string): boolean {
  const [network = '', prefix = ''] = cidr.split('/')
  const family = isIPv6(network) ? 'ipv6' : 'ipv4'
  if (isIP(host) !== (family === 'ipv6' ? 6 : 4)) return false
  const block = new BlockList()
  block.addSubnet(network, Number(prefix), family)
  return block.check(withoutZone(host), family)
}

const withoutZone = (host: string): string => host.split('%')[0] ?? host

/** One spelling for each IP address, so that it is known again; null for what is none. */
export function canonicalIp(host: string): string | null {
  if (isIPv4(host)) return host
  if (!isIPv6(host)) return null
  return plainHost(new SocketAddress({ address: withoutZone(host), family: 'ipv6' }).address)
}

/** What a socket that listens on every family calls an IPv4 peer is that peer's IPv4 address. */
export const plainHost = (host: string | undefined): string => (host ?? '').replace(/^::ffff:/, '')
