/**
 * One mDNS responder and listener on one interface, over a socket of our own: bonjour-service throws where its socket
 * cannot bind, sends on one interface only, and keeps what it finds for ever, so that thousands of invented names cost
 * seconds. So it only answers for this node; what others announce is read here packet by packet, and nothing is kept.
 */
import { Bonjour } from 'bonjour-service'
import { decode, encode } from 'dns-packet'
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { GuardedSocket } from './guarded-socket.ts'
import { readAnnouncements } from './announcement.ts'

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

const QUESTION = encode({ type: 'query', questions: [{ name: `_${TYPE}._tcp.local`, type: 'PTR' }] })

export class Mdns {
  readonly #bonjour: Bonjour
  readonly #socket: GuardedSocket

  private constructor(bonjour: Bonjour, socket: GuardedSocket) {
    this.#bonjour = bonjour
    this.#socket = socket
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
    socket.on('message', (packet: Buffer, from: RemoteInfo) => {
      for (const { port: at, txt: told } of readAnnouncements(decode(packet), `_${TYPE}._tcp.local`))
        onSight({ host: from.address, port: at, txt: told })
    })
    return new Mdns(bonjour, socket)
  }

  /** Asks who is there; answers come one by one, and so does what others announce unasked. */
  look(): void {
    this.#socket.send(QUESTION, 0, QUESTION.length, PORT, GROUP, () => undefined)
  }

  /** Says goodbye to the network, best effort. */
  close(): Promise<void> {
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
