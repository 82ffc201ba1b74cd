/**
 * What one mDNS packet announces, read without keeping anything: a device says all about itself in one packet. Where
 * it is, the packet's sender tells and not the packet: who invents names can name no address but its own.
 */
import type { Packet, Record as Answer } from 'dns-packet'
import { LIMITS } from '../../shared/op/limits.ts'

export type Announced = { readonly port: number; readonly txt: ReadonlyMap<string, string> }

/** Of one item, and the items of one name. */
const MOST_TEXT = 200
const MOST_ITEMS = 16

/** `type` is the whole name of the service's type. A record that says goodbye, with no time to live, counts for nothing. */
export function readAnnouncements(packet: Packet, type: string): readonly Announced[] {
  if (packet.type !== 'response') return []
  const records = [...(packet.answers ?? []), ...(packet.additionals ?? [])].filter(isAlive)
  const services = records.filter((record) => record.type === 'SRV' && record.name.endsWith(`.${type}`))
  return services.slice(0, LIMITS.mdnsNames).flatMap((service) => {
    const text = records.find((record) => record.type === 'TXT' && record.name === service.name)
    const port = portOf(service.data)
    return text === undefined || port === null ? [] : [{ port, txt: readText(text.data) }]
  })
}

const isAlive = (record: Answer): boolean => (record.ttl ?? 0) > 0

function portOf(data: unknown): number | null {
  if (typeof data !== 'object' || data === null || !('port' in data)) return null
  return typeof data.port === 'number' && data.port > 0 ? data.port : null
}

/** `key=value` each; what has no key, or is too long to be ours, is passed over. */
function readText(data: unknown): ReadonlyMap<string, string> {
  const items: readonly unknown[] = Array.isArray(data) ? data.slice(0, MOST_ITEMS) : [data]
  const pairs = items.flatMap((item): [string, string][] => {
    const text = item instanceof Uint8Array ? Buffer.from(item).toString('utf8') : ''
    const at = text.indexOf('=')
    return at > 0 && text.length <= MOST_TEXT ? [[text.slice(0, at), text.slice(at + 1)]] : []
  })
  return new Map(pairs)
}
