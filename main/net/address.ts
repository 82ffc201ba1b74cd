/** Network addresses as people type them: `host:port`, an IPv6 host in brackets. */
export type Address = { readonly host: string; readonly port: number }

/** A host holds nothing that cannot be seen: a NUL in it makes the platform throw. */
const FORM = /^(?:\[([0-9a-fA-F:.%\w]{2,60})\]|([^\s:[\]/@\p{C}]{1,253})):([0-9]{1,5})$/u

/** Null for what is no `host:port` with a port from 0 to 65535. */
export function parseAddress(text: string): Address | null {
  const parts = FORM.exec(text.trim())
  const host = parts?.[1] ?? parts?.[2]
  const port = Number(parts?.[3])
  return host === undefined || port > 65_535 ? null : { host, port }
}

export const formatAddress = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
