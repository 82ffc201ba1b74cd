/**
 * A warehouse of network namespaces: a hub with a bridge, which is the Wi-Fi, and devices on it with an interface
 * each. The hub may also be the router to headquarters, behind a link of its own, which is the WAN. Nothing of it
 * touches the machine's own network. Linux and root only.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { invariant } from '../../shared/base/invariant.ts'
import { RemoteDesk } from './remote-desk.ts'

const REMOTE_DESK_END = join(import.meta.dirname, 'remote-desk-end.ts')
const NODE_END = join(import.meta.dirname, 'node-end.ts')
const TALLYDESK = join(import.meta.dirname, '..', '..', 'main', 'cli', 'tallydesk.ts')

function ip(...args: readonly string[]): void {
  const done = spawnSync('ip', args, { encoding: 'utf8' })
  invariant(done.status === 0, `ip ${args.join(' ')}: ${done.stderr}`)
}

type Json = Readonly<Record<string, unknown>>

const ROUTER = '10.77.0.254'
const WAN_ROUTER = '10.78.0.254'

/** Where a place is plugged in: a port of the hub with this address at the other end. */
type Plug = {
  readonly port: string
  readonly address: string
  /** Of the Wi-Fi; without it the port stands for itself. */
  readonly bridge: string | null
  /** Whom to ask for addresses elsewhere; null: nothing is elsewhere. */
  readonly gateway: string | null
}

export class Wifi {
  readonly #hub: string
  readonly #devices: Place[] = []
  #gateway: string | null = null

  constructor(name: string) {
    this.#hub = `${name}-${process.pid}`
    ip('netns', 'add', this.#hub)
    ip('-n', this.#hub, 'link', 'add', 'air', 'type', 'bridge', 'mcast_snooping', '0')
    ip('-n', this.#hub, 'link', 'set', 'air', 'up')
  }

  /** A place on the Wi-Fi, with an address; with a way to headquarters where there is one already. */
  place(): Place {
    const n = this.#devices.length + 1
    return this.#add({ port: `port${n}`, address: `10.77.0.${n}`, bridge: 'air', gateway: this.#gateway })
  }

  /** A place behind a router, to which the places made from now on have a way: its link is the WAN. */
  headquarters(): Place {
    ip('-n', this.#hub, 'addr', 'add', `${ROUTER}/24`, 'dev', 'air')
    ip('netns', 'exec', this.#hub, 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
    this.#gateway = ROUTER
    const place = this.#add({ port: 'wan', address: '10.78.0.1', bridge: null, gateway: WAN_ROUTER })
    ip('-n', this.#hub, 'addr', 'add', `${WAN_ROUTER}/24`, 'dev', 'wan')
    return place
  }

  #add(plug: Plug): Place {
    const place = new Place(this.#hub, this.#devices.length + 1, plug)
    this.#devices.push(place)
    return place
  }

  /** A corner that the Wi-Fi does not reach: who is there hears the others who are there, and nobody else. */
  corner(name: string): void {
    ip('-n', this.#hub, 'link', 'add', name, 'type', 'bridge', 'mcast_snooping', '0')
    ip('-n', this.#hub, 'link', 'set', name, 'up')
  }

  /** What managed Wi-Fi does: multicast goes nowhere, the rest is as before. */
  blockMulticast(): void {
    this.#multicast('off')
  }

  letMulticast(): void {
    this.#multicast('on')
  }

  #multicast(state: 'on' | 'off'): void {
    for (const { port } of this.#devices)
      ip('-n', this.#hub, 'link', 'set', port, 'type', 'bridge_slave', 'mcast_flood', state)
  }

  /** A place that has no Wi-Fi, and a wire to another. */
  wiredTo(place: Place): Place {
    this.corner('wire')
    const wired = this.#add({ port: 'socket', address: '10.79.0.2', bridge: 'wire', gateway: null })
    place.plug({ port: 'wire1', name: 'eth0', address: '10.79.0.1', bridge: 'wire' })
    return wired
  }

  async close(): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.close()))
    ip('netns', 'del', this.#hub)
  }
}

/** One namespace with one interface, and the nodes that run in it. */
export class Place {
  readonly port: string
  readonly #hub: string
  readonly #namespace: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'tallydesk-ns-'))
  #address: string
  #node: { readonly process: ChildProcess; readonly ready: Json } | null = null
  #desk: RemoteDesk | null = null
  readonly #helpers: ChildProcess[] = []

  constructor(hub: string, n: number, { port, address, bridge, gateway }: Plug) {
    this.#hub = hub
    this.#namespace = `${hub}-${n}`
    this.port = port
    this.#address = address
    ip('netns', 'add', this.#namespace)
    ip('-n', hub, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'wlan0', 'netns', this.#namespace)
    if (bridge !== null) ip('-n', hub, 'link', 'set', port, 'master', bridge)
    ip('-n', hub, 'link', 'set', port, 'up')
    ip('-n', this.#namespace, 'link', 'set', 'lo', 'up')
    ip('-n', this.#namespace, 'link', 'set', 'wlan0', 'up')
    ip('-n', this.#namespace, 'addr', 'add', `${address}/24`, 'dev', 'wlan0')
    if (gateway !== null) ip('-n', this.#namespace, 'route', 'add', 'default', 'via', gateway)
  }

  /** Another interface, on another network. */
  plug({ port, name, address, bridge }: Record<'port' | 'name' | 'address' | 'bridge', string>): void {
    ip('-n', this.#hub, 'link', 'add', port, 'type', 'veth', 'peer', 'name', name, 'netns', this.#namespace)
    ip('-n', this.#hub, 'link', 'set', port, 'master', bridge)
    ip('-n', this.#hub, 'link', 'set', port, 'up')
    ip('-n', this.#namespace, 'link', 'set', name, 'up')
    ip('-n', this.#namespace, 'addr', 'add', `${address}/24`, 'dev', name)
  }

  get address(): string {
    return this.#address
  }

  get data(): string {
    return join(this.#folder, 'data')
  }

  /** What the running node printed: where it listens, with this place's address. */
  get listen(): string {
    const listen = this.#node?.ready.listen
    invariant(typeof listen === 'string', 'a node runs here')
    return listen.replace('0.0.0.0', this.#address)
  }

  /** Runs one command and answers its JSON. */
  tallydesk(...args: readonly string[]): Promise<Json> {
    const child = this.#spawn([process.execPath, TALLYDESK, ...args])
    return new Promise((resolve, reject) => {
      let text = ''
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      child.once('error', reject)
      child.once('close', () => resolve(JSON.parse(text === '' ? '{}' : text) as Json))
    })
  }

  do(command: string, input: object): Promise<Json> {
    return this.tallydesk('do', '--data', this.data, command, JSON.stringify(input))
  }

  query(query: string, input: object = {}): Promise<Json> {
    return this.tallydesk('query', '--data', this.data, query, JSON.stringify(input))
  }

  /** The desk of the running node, for who has much to do there: one program for all of it. */
  get desk(): RemoteDesk {
    invariant(this.#node !== null, 'a node runs here')
    this.#desk ??= new RemoteDesk(this.#spawn([process.execPath, REMOTE_DESK_END, this.data], 'pipe'))
    return this.#desk
  }

  /** Starts the node; answers once it is ready. */
  async run(...args: readonly string[]): Promise<void> {
    const child = this.#spawn([process.execPath, TALLYDESK, 'run', '--data', this.data, ...args])
    const line = await firstLine(child)
    this.#node = { process: child, ready: JSON.parse(line) as Json }
  }

  /** Starts a node that has no console and does what it is asked through its desk: it needs but one process. */
  node(given: { readonly hq: string | null; readonly listen: { host: string; port: number } }): RemoteDesk {
    const child = this.#spawn(
      [process.execPath, NODE_END, JSON.stringify({ data: this.data, ...given })],
      'pipe',
    )
    this.#helpers.push(child)
    return new RemoteDesk(child)
  }

  /** The lid is closed, and opened again. */
  sleep(): void {
    this.#node?.process.kill('SIGSTOP')
  }

  wake(): void {
    this.#node?.process.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    const node = this.#node
    this.#node = null
    this.#desk?.close()
    this.#desk = null
    if (node === null) return
    const gone = new Promise((resolve) => node.process.once('close', resolve))
    node.process.kill('SIGTERM')
    await gone
  }

  /** A program that runs here for as long as the place is open; answers its first line. */
  start(script: string, ...args: readonly string[]): Promise<string> {
    const child = this.#spawn([process.execPath, '--eval', script, ...args])
    this.#helpers.push(child)
    return firstLine(child)
  }

  /** Somebody else has this UDP port, until the answer is called. */
  async hold(port: number): Promise<() => Promise<void>> {
    const child = this.#spawn([
      process.execPath,
      '--eval',
      `require('node:dgram').createSocket('udp4').bind(${port}, () => console.log('taken'))`,
    ])
    this.#helpers.push(child)
    await firstLine(child)
    return () =>
      new Promise((resolve) => {
        child.once('close', () => resolve())
        child.kill()
      })
  }

  interface(name: string, state: 'up' | 'down'): void {
    ip('-n', this.#namespace, 'link', 'set', name, state)
  }

  /** A network of its own, to which everything goes that is not on the spot. */
  vpn(state: 'up' | 'down'): void {
    if (state === 'down') return ip('-n', this.#namespace, 'link', 'del', 'tun0')
    ip('-n', this.#namespace, 'link', 'add', 'tun0', 'type', 'veth', 'peer', 'name', 'tunnel')
    ip('-n', this.#namespace, 'link', 'set', 'tunnel', 'up')
    ip('-n', this.#namespace, 'addr', 'add', '10.8.0.2/24', 'dev', 'tun0')
    ip('-n', this.#namespace, 'link', 'set', 'tun0', 'up')
    ip('-n', this.#namespace, 'route', 'add', 'default', 'dev', 'tun0')
  }

  /** Out of the Wi-Fi's reach, and back. */
  link(state: 'up' | 'down'): void {
    ip('-n', this.#hub, 'link', 'set', this.port, state)
  }

  /** Into a corner, or back onto the Wi-Fi, which is `air`. */
  walk(to: string): void {
    ip('-n', this.#hub, 'link', 'set', this.port, 'master', to)
  }

  /** Another address, as after a new lease. */
  move(address: string): void {
    ip('-n', this.#namespace, 'addr', 'del', `${this.#address}/24`, 'dev', 'wlan0')
    ip('-n', this.#namespace, 'addr', 'add', `${address}/24`, 'dev', 'wlan0')
    this.#address = address
  }

  #spawn(command: readonly string[], stdin: 'ignore' | 'pipe' = 'ignore'): ChildProcess {
    const [stdout, stderr] = ['pipe', 'inherit'] as const
    return spawn('ip', ['netns', 'exec', this.#namespace, ...command], { stdio: [stdin, stdout, stderr] })
  }

  async close(): Promise<void> {
    await this.stop()
    for (const helper of this.#helpers) helper.kill()
    ip('netns', 'del', this.#namespace)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  const { stdout } = child
  invariant(stdout !== null, 'its output is piped')
  return new Promise((resolve, reject) => {
    createInterface({ input: stdout }).once('line', resolve)
    child.once('close', (code) => reject(new Error(`It ended with ${code} before it was ready`)))
  })
}
