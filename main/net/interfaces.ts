/** The IPv4 addresses of this machine on which peers may be found. */
import { networkInterfaces } from 'node:os'

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
