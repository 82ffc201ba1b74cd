/** The IPv4 addresses of this machine, and whether another is on a network of its own. */
import { BlockList, isIPv4 } from 'node:net'
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'

/** One address an interface, sorted. `named` picks by name or address, the loopback too; without it all but that. */
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

/** Can this IPv4 address be reached without a router? */
export const isOnOwnNetwork = (host: string): boolean =>
  isIPv4(host) &&
  everyAddress().some(({ family, cidr }) => family === 'IPv4' && cidr !== null && isWithin(host, cidr))

/** Networks of buildings: nobody is called in the wide internet because a peer said so. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10']

export const isPrivate = (host: string): boolean =>
  isIPv4(host) && PRIVATE.some((cidr) => isWithin(host, cidr))

export const isLoopback = (host: string): boolean => isIPv4(host) && isWithin(host, '127.0.0.0/8')

function isWithin(host: string, cidr: string): boolean {
  const [network = '', prefix = ''] = cidr.split('/')
  const block = new BlockList()
  block.addSubnet(network, Number(prefix), 'ipv4')
  return block.check(host, 'ipv4')
}

/** What a socket that listens on every family calls an IPv4 peer is that peer's IPv4 address. */
export const plainHost = (host: string | undefined): string => (host ?? '').replace(/^::ffff:/, '')
