/**
 * The headless program: a data folder, the site in it once there is one, and the console. The same program is desk,
 * edge, authority or tablet, by role. It is put together here and nowhere else.
 */
import { randomBytes } from 'node:crypto'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import { type Console, openConsole } from '../console/console.ts'
import { Watches } from '../console/watches.ts'
import { type Preferences, preferencesIn } from '../store/preferences.ts'
import { showControl, type ShownControl } from './control-file.ts'
import { Desk } from './desk.ts'
import { filesOf } from './files.ts'
import { Life } from './life.ts'
import { LocalApi } from './local-api.ts'
import { type Machine, openMachine } from './machine.ts'
import { nodeCommands } from './node-commands.ts'
import type { NodeOptions } from './options.ts'
import { VERSION } from './version.ts'

/** Where the console answers, and the token of this start. */
export type NodeControl = { readonly address: string; readonly token: string }

export interface RunningNode {
  readonly api: DeskApi
  /** Null without a console. */
  readonly control: NodeControl | null
  /** What it is now; all null before there is a site. `listen` is where peers are awaited, `host:port`. */
  identity(): { readonly site: string | null; readonly actor: string | null; readonly listen: string | null }
  /** Says goodbye, finishes what has begun, and frees the folder. */
  close(): Promise<void>
}

/**
 * Throws `TallydeskError`: `data-folder-in-use`, `data-folder-unreadable`, `data-folder-newer`,
 * `data-folder-not-durable`, `database-damaged`, `address-in-use`.
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const machine = await openMachine(options.data, options.history)
  const node = new Node(machine, options)
  try {
    await node.begin()
    return node
  } catch (error) {
    await node.close()
    throw error
  }
}

class Node implements RunningNode {
  readonly api: DeskApi
  control: NodeControl | null = null
  readonly #options: NodeOptions
  readonly #machine: Machine
  readonly #life: Life
  readonly #desk: Desk
  readonly #watches: Watches
  #console: Console | null = null
  #shown: ShownControl | null = null
  #closing: Promise<void> | null = null

  constructor(machine: Machine, options: NodeOptions) {
    this.#options = options
    this.#machine = machine
    const onChange = () => this.#watches.changed()
    const { demo } = options
    this.#life = new Life(machine, options, onChange)
    const preferences = this.#preferences()
    const commands = nodeCommands({ life: this.#life, preferences, demo, api: () => this.api, onChange })
    this.#desk = new Desk({ life: this.#life, commands, preferences, demo })
    this.#watches = new Watches(this.#desk)
    this.api = new LocalApi(this.#desk, this.#watches)
    demo?.onChange(onChange)
  }

  async begin(): Promise<void> {
    this.#machine.log.info({ version: VERSION, pid: process.pid }, 'the node starts')
    await this.#life.begin()
    if (this.#options.console !== null) await this.#openConsole(this.#options.console)
  }

  /** A device that joins anew gets another database. */
  #preferences(): Preferences {
    const kept = (): Preferences => preferencesIn(this.#life.own.sql)
    return { all: () => kept().all(), set: (key, value) => kept().set(key, value) }
  }

  identity(): ReturnType<RunningNode['identity']> {
    const { site } = this.#life
    if (!site.ok) return { site: null, actor: null, listen: null }
    const { replica, listen } = site.value
    return { site: replica.site, actor: replica.actor, listen }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #openConsole({ listen, pages }: NonNullable<NodeOptions['console']>): Promise<void> {
    const token = randomBytes(32).toString('base64url')
    this.#console = await openConsole({
      listen,
      pages,
      token,
      port: this.#desk,
      files: filesOf(this.#life),
      watches: this.#watches,
      onError: (error) => this.#machine.log.error(error, 'the console'),
    })
    const { address } = this.#console
    this.control = { address, token }
    this.#shown = showControl(this.#machine.paths.control, { pid: process.pid, address, token })
  }

  /** The console goes first, so that nobody is answered by half a node. */
  async #close(): Promise<void> {
    this.#shown?.remove()
    await this.#console?.close()
    this.#watches.close()
    this.#machine.log.info('the node stops')
    await this.#life.end()
    await this.#options.demo?.stop()
  }
}
