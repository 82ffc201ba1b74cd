/** What is used of the package `dns-packet`, which ships no types. `decode` throws for what is no DNS message. */
declare module 'dns-packet' {
  export type Record = {
    readonly name: string
    readonly type: string
    readonly ttl?: number
    readonly data?: unknown
  }
  export type Packet = {
    readonly type?: string
    readonly answers?: readonly Record[]
    readonly additionals?: readonly Record[]
  }
  export function decode(packet: Uint8Array): Packet
  export function encode(packet: {
    readonly type: 'query' | 'response'
    readonly questions?: readonly { readonly name: string; readonly type: string }[]
    readonly answers?: readonly Record[]
  }): Buffer
}
