/**
 * A building with its people at work: an edge, a desk and tablets on the Wi-Fi, and headquarters behind the WAN. Each
 * is a real node in a network namespace of its own.
 */
import { cpSync } from 'node:fs'
import type { CommandInput, CommandName, CommandResult } from '../../shared/api/commands.ts'
import type { QueryAnswer, QueryInput, QueryName } from '../../shared/api/queries.ts'
import { invariant } from '../../shared/base/invariant.ts'
import { answered } from '../support/node-process.ts'
import { Wifi, type Place } from './namespaces.ts'

const LISTEN = ['--listen', '0.0.0.0:7101']

type Role = 'supervisor' | 'edge' | 'technician'

export async function until(
  holds: () => boolean | Promise<boolean>,
  sentence: string,
  seconds = 60,
): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (!(await holds())) {
    invariant(Date.now() < end, `within ${seconds} s: ${sentence}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** A node with the person at its screen. */
export class Device {
  readonly name: string
  readonly place: Place
  actor = ''

  constructor(name: string, place: Place) {
    this.name = name
    this.place = place
  }

  async do<C extends CommandName>(command: C, input: CommandInput<C>): Promise<CommandResult<C>> {
    return answered(await this.place.desk.do(command, input))
  }

  async ask<Q extends QueryName>(query: Q, input: QueryInput<Q>): Promise<QueryAnswer<Q>> {
    return answered(await this.place.desk.query(query, input))
  }

  async sees<Q extends QueryName>(
    query: Q,
    input: QueryInput<Q>,
    holds: (answer: QueryAnswer<Q>) => boolean,
    sentence: string,
  ): Promise<QueryAnswer<Q>> {
    let answer = await this.ask(query, input)
    const look = async (): Promise<boolean> => holds((answer = await this.ask(query, input)))
    await until(look, `${this.name}: ${sentence}`).catch((error: unknown) => {
      throw new Error(`${String(error)} but ${JSON.stringify(answer)}`)
    })
    return answer
  }

  async has(op: string): Promise<void> {
    await until(async () => (await this.place.desk.query('op', { op })).ok, `${this.name} has ${op}`)
  }

  start(...args: readonly string[]): Promise<void> {
    return this.place.run(...LISTEN, ...args)
  }
}

export class Building {
  readonly wifi = new Wifi('outage')
  readonly hq: Device
  readonly devices: Device[] = []

  constructor() {
    this.hq = new Device('hq', this.wifi.headquarters())
  }

  async found(): Promise<void> {
    const { place } = this.hq
    await place.tallydesk('init', '--data', place.data, '--site', 'Outage', '--name', 'hq')
    await this.hq.start()
    this.hq.actor = (await this.hq.ask('status', {})).actor
  }

  /** A new device, paired over the WAN; desk and edge keep a link to headquarters. */
  async join(name: string, role: Role): Promise<Device> {
    const device = new Device(name, this.wifi.place())
    const { code } = await this.hq.do('invite.create', { role, name })
    const { place } = device
    const joined = await place.tallydesk('join', code, '--data', place.data, '--name', name)
    invariant(joined.role === role, `${name} joins as ${role}: ${JSON.stringify(joined)}`)
    await device.start(...(role === 'technician' ? [] : ['--hq', this.hq.place.listen]))
    device.actor = String(joined.actor)
    this.devices.push(device)
    return device
  }

  /** The same device once more: its whole data folder, as it was when it was stopped. */
  copyOf(device: Device): Device {
    const copy = new Device(`${device.name} (copy)`, this.wifi.place())
    copy.actor = device.actor
    cpSync(device.place.data, copy.place.data, { recursive: true })
    return copy
  }

  /** Waits until all hold the same state; where they do not, the error says who holds what. */
  async agree(devices: readonly Device[], seconds = 60): Promise<void> {
    let said: string[] = []
    const same = async (): Promise<boolean> => {
      const all = await Promise.all(devices.map((each) => each.ask('status', {})))
      said = all.map(({ name, state_hash, log }) => `${name}: ${log.ops} ops, state ${state_hash}`)
      return new Set(all.map(({ state_hash }) => state_hash)).size === 1
    }
    await until(same, 'all hold the same', seconds).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${said.join('\n')}`)
    })
  }

  close(): Promise<void> {
    return this.wifi.close()
  }
}
