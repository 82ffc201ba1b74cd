/**
 * One mDNS responder and browser on one interface, over a socket of our own: bonjour-service throws where its
 * socket cannot bind, sends on one interface only, and keeps sightings for ever. So the socket is bound and watched
 * here, and each look round is a new browser whose finds are bounded.
 */
import { Bonjour, type Browser, type Service } from 'bonjour-service'
import { createSocket, type Socket } from 'node:dgram'
import { GuardedSocket } from './guarded-socket.ts'
import { LIMITS } from '../../shared/op/limits.ts'

const GROUP = '224.0.0.251'
const PORT = 5353
const TYPE = 'tallydesk'

type Announcement = {
  readonly instance: string
  readonly port: number
  readonly txt: Readonly<Record<string, string>>
}
export type Sighting = {
  readonly host: string
  readonly port: number
  readonly txt: ReadonlyMap<string, string>
}

export class Mdns {
  readonly #bonjour: Bonjour
  readonly #onSight: (sighting: Sighting) => void
  #browser: Browser | null = null

  private constructor(bonjour: Bonjour, onSight: (sighting: Sighting) => void) {
    this.#bonjour = bonjour
    this.#onSight = onSight
  }

  /** `address` is the interface's IPv4 address. Rejects where port 5353 or the group cannot be had. */
  static async open(
    address: string,
    announcement: Announcement,
    onSight: (sighting: Sighting) => void,
    onError: (error: Error) => void,
  ): Promise<Mdns> {
    const socket = new GuardedSocket(await bindSocket(address), onError)
    const options = { socket, bind: false, port: PORT, interface: address }
    const bonjour = new Bonjour(options, onError)
    const { instance, port, txt } = announcement
    // A random name is nobody else's: it need not be probed, and a clash would only be printed.
    bonjour.publish({
      name: instance,
      host: `${instance}.local`,
      type: TYPE,
      port,
      txt: { ...txt },
      probe: false,
    })
    return new Mdns(bonjour, onSight)
  }

  /** Asks who is there; finds come one by one for as long as this look round lasts. */
  look(): void {
    this.#browser?.stop()
    let names = 0
    const browser = this.#bonjour.find({ type: TYPE }, (service) => {
      names += 1
      if (names > LIMITS.mdnsNames) browser.stop()
      else for (const sighting of readService(service)) this.#onSight(sighting)
    })
    this.#browser = browser
  }

  /** Says goodbye to the network, best effort. */
  close(): Promise<void> {
    this.#browser?.stop()
    return new Promise((resolve) => {
      const destroy = (): void => this.#bonjour.destroy(() => resolve())
      this.#bonjour.unpublishAll(destroy)
    })
  }
}

function bindSocket(address: string): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      socket.close()
      reject(error)
    }
    socket.once('error', fail)
    socket.bind({ port: PORT, address: '0.0.0.0', exclusive: false }, () => {
      socket.off('error', fail)
      try {
        joinGroup(socket, address)
        resolve(socket)
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)))
      }
    })
  })
}

function joinGroup(socket: Socket, address: string): void {
  socket.addMembership(GROUP, address)
  socket.setMulticastInterface(address)
  socket.setMulticastTTL(255)
  socket.setMulticastLoopback(true)
}

/** The sender's own address comes first: it is on this network, whatever the packet says. */
function readService(service: Service): Sighting[] {
  const txt = readTxt(service.txt)
  const sender = service.referer?.address
  const hosts = new Set([sender, ...(isLoopback(sender) ? [] : (service.addresses ?? []))].filter(isHost))
  return [...hosts].slice(0, 4).map((host) => ({ host, port: service.port, txt }))
}

const isLoopback = (host: string | undefined): boolean => host?.startsWith('127.') ?? false
/** IPv4 alone: link-local IPv6 addresses need a zone that the packet does not tell. */
const isHost = (host: string | undefined): host is string => host !== undefined && /^[0-9.]{7,15}$/.test(host)

function readTxt(txt: unknown): ReadonlyMap<string, string> {
  if (typeof txt !== 'object' || txt === null) return new Map()
  const texts = Object.entries(txt).filter((item): item is [string, string] => typeof item[1] === 'string')
  return new Map(texts)
}
