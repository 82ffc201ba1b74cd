/**
 * The demo warehouse: headquarters over the "WAN", an edge server and two tablets as processes of their own on this
 * machine, paired with codes and found over mDNS on the loopback, around the desk that shows them. Its switches close
 * real links, by authenticated verbs of the nodes themselves; nothing is simulated above them.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { CommandInput } from '../../shared/api/commands.ts'
import { type ErrorBody, TallydeskError } from '../../shared/api/errors.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { DemoSwitches } from '../node/demo-switches.ts'
import type { NodeNetworkOptions } from '../node/options.ts'
import { type ControlClient, connectTo } from './client.ts'
import { DemoDevice, failed, type Tallydesk } from './device.ts'
import { seededDice } from './dice.ts'
import { dressedWorkOrders } from './dressing.ts'
import { endow } from './endowment.ts'
import { play } from './story.ts'
import type { Tablet } from './work.ts'

const LOOPBACK = '127.0.0.1'
const SITE = 'Harbour warehouse'
const SEED = 20_26
/** What the bar can show of the shift's last doings. */
const TOLD = 20

/** The shift begins when the tablets hold the work orders, or after this, ms. */
const ORDERS_WAIT_MS = 30_000

/** Who walks with which tablet; each is named for its person. */
const CREW = ['Ana', 'Ben', 'Chiara', 'Deniz', 'Emil', 'Fatou'] as const
/** The story needs two; with more, the ordinary work is shared among all. */
export const TABLETS = { least: 2, most: 6 } as const

type Running = { readonly device: DemoDevice; readonly client: ControlClient }
type Member = Running & { readonly name: string; readonly actor: string }
type TabletMember = Member & { readonly person: string }
type DemoView = NonNullable<QueryAnswer<'node'>['demo']>

export class Warehouse implements DemoSwitches {
  #root: string | null = null
  readonly #tallydesk: Tallydesk
  readonly #tabletCount: number
  readonly #listeners = new Set<() => void>()
  readonly #up = new Map<string, boolean>()
  #hqAddress: string | null = null
  #hq: Member | null = null
  #tablets: readonly TabletMember[] = []
  /** Every process, also of a start that failed half-way. */
  readonly #started: DemoDevice[] = []
  #wan = true
  #shift: DemoView['shift'] = []
  #over = false

  constructor(tallydesk: Tallydesk, tablets: number = TABLETS.least) {
    this.#tallydesk = tallydesk
    this.#tabletCount = tablets
  }

  get data(): string {
    return this.#folder('desk')
  }

  /** Loopback only: a demo must not be seen by the network of the house it is shown in. */
  network(): NodeNetworkOptions {
    return {
      listen: { host: LOOPBACK, port: 0 },
      mdns: { interfaces: [LOOPBACK] },
      peers: [],
      hq: this.#hqAddress,
    }
  }

  async start(desk: DeskApi): Promise<Result<void, TallydeskError>> {
    this.#over = false
    try {
      await this.#open(desk)
      return ok(undefined)
    } catch (problem) {
      await this.stop()
      return err(problem instanceof TallydeskError ? problem : failed(String(problem)))
    }
  }

  view(): DemoView | null {
    if (this.#tablets.length === 0) return null
    const tablets = this.#tablets.map(({ actor, name }) => ({ actor, name, up: this.#isUp(actor) }))
    return { wan: this.#wan, tablets, shift: this.#shift }
  }

  async setWan(up: boolean): Promise<Result<void, TallydeskError>> {
    const done = await this.#hq?.client.do('network.set', { lan: up, wan: up })
    if (!done?.ok) return err(failed(done?.error.message ?? 'headquarters does not run'))
    this.#wan = up
    this.#changed()
    return ok(undefined)
  }

  async setTablet(actor: string, up: boolean): Promise<Result<void, TallydeskError>> {
    const tablet = this.#tablets.find((member) => member.actor === actor)
    if (!tablet) return err(new TallydeskError('not-found', { what: 'tablet', id: actor }))
    const done = await tablet.client.do('network.set', { lan: up, wan: up })
    if (!done.ok) return err(failed(done.error.message))
    this.#up.set(actor, up)
    this.#changed()
    return ok(undefined)
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async stop(): Promise<void> {
    this.#over = true
    await Promise.all(this.#started.splice(0).map((device) => device.stop()))
    this.#hq = null
    this.#tablets = []
    this.#up.clear()
    this.#wan = true
    this.#shift = []
    if (this.#root !== null) rmSync(this.#root, { recursive: true, force: true })
    this.#root = null
  }

  /** Made when first needed, and gone when the demo ends: every demo begins anew. */
  #folder(name: string): string {
    this.#root ??= mkdtempSync(join(tmpdir(), 'tallydesk-demo-'))
    return join(this.#root, name)
  }

  async #open(desk: DeskApi): Promise<void> {
    const hqAddress = `${LOOPBACK}:${await freePort()}`
    this.#hqAddress = hqAddress
    const nearby = ['--listen', `${LOOPBACK}:0`, '--interface', LOOPBACK]
    const crew = CREW.slice(0, this.#tabletCount)
    const [hq, edge, ...tablets] = await Promise.all([
      this.#run('headquarters', ['--listen', hqAddress, '--no-mdns']),
      this.#run('edge', [...nearby, '--hq', hqAddress]),
      ...crew.map((_, i) => this.#run(`tablet-${i + 1}`, nearby)),
    ])
    const founded = must(await hq.client.do('setup.init', { site: SITE, name: 'Headquarters' }))
    this.#hq = { ...hq, name: 'Headquarters', actor: founded.actor }
    const [, ...members] = await Promise.all([
      this.#join(hq, edge, 'edge', 'Edge server'),
      ...tablets.map((tablet, i) => this.#join(hq, tablet, 'technician', `${crew[i]}’s tablet`)),
    ])
    const joined = must(
      await desk.do('setup.join', { code: await codeFor(hq, 'supervisor', 'Desk'), name: 'Desk' }),
    )
    const refused = await endow(hq.client, { desk: joined.actor, tablets: members.map(({ actor }) => actor) })
    if (refused !== null) throw failed(refused)
    must(await desk.do('import.csv', { source: 'work-orders', content: dressedWorkOrders() }))
    this.#tablets = members.map((member, i) => ({ ...member, person: crew[i] ?? member.name }))
    this.#changed()
    void this.#work(desk)
  }

  async #run(folder: string, args: readonly string[]): Promise<Running> {
    if (this.#over) throw failed('it was stopped')
    const data = this.#folder(folder)
    const where = ['--data', data, '--control', `${LOOPBACK}:0`]
    const device = new DemoDevice(this.#tallydesk, [...where, ...args])
    this.#started.push(device)
    await device.ready
    return { device, client: await connectTo(data) }
  }

  async #join(hq: Running, device: Running, role: InviteRole, name: string): Promise<Member> {
    const { actor } = must(
      await device.client.do('setup.join', { code: await codeFor(hq, role, name), name }),
    )
    return { ...device, name, actor }
  }

  /** The shift, which keeps nobody waiting. */
  async #work(desk: DeskApi): Promise<void> {
    const [first, second, ...more] = this.#tablets.map(({ person, client, actor }): Tablet => ({
      person,
      actor,
      api: client,
    }))
    if (!first || !second) return
    const tablets = [first, second, ...more] as const
    await this.#untilAllHoldTheOrders([desk, ...tablets.map(({ api }) => api)])
    await play(
      {
        tablets,
        random: seededDice(SEED),
        pause: (ms) => pause(ms, undefined, { ref: false }),
        tell: (code, params) => this.#tell(code, params),
        isOn: ({ actor }) => this.#isUp(actor),
        wifi: async ({ actor }, on) => {
          await this.setTablet(actor, on)
        },
      },
      () => this.#over,
    )
  }

  async #untilAllHoldTheOrders(nodes: readonly DeskApi[]): Promise<void> {
    const until = performance.now() + ORDERS_WAIT_MS
    while (!this.#over && performance.now() < until) {
      const [here, ...others] = await Promise.all(nodes.map(jobsHeld))
      if (here !== undefined && others.every((held) => held >= here)) return
      await pause(200, undefined, { ref: false })
    }
  }

  #isUp(actor: string): boolean {
    return this.#up.get(actor) ?? true
  }

  #tell(code: string, params: Readonly<Record<string, string>>): void {
    this.#shift = [...this.#shift, { wall: Date.now(), code, params }].slice(-TOLD)
    this.#changed()
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

type InviteRole = CommandInput<'invite.create'>['role']

async function codeFor({ client }: Running, role: InviteRole, name: string): Promise<string> {
  return must(await client.do('invite.create', { role, name })).code
}

async function jobsHeld(node: DeskApi): Promise<number> {
  const board = await node.query('board', { limit: 1 })
  return board.ok ? Object.values(board.value.counts).reduce((sum, count) => sum + count, 0) : 0
}

function must<T>(result: Result<T, ErrorBody>): T {
  if (!result.ok) throw failed(result.error.message)
  return result.value
}

/** Headquarters' address must be known to the desk before either runs. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, LOOPBACK, () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
