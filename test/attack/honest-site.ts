/** A site of real nodes that keep to the rules: headquarters, where a person decides, a desk and a tablet. */
import { expect } from 'vitest'
import type { CommandInput, CommandName, CommandResult } from '../../shared/api/commands.ts'
import { invariant } from '../../shared/base/invariant.ts'
import { type ActorId, type OpRef, parseActorId, parseOpId } from '../../shared/model/ids.ts'
import type { KnownEffect } from '../../shared/op/effect.ts'
import { answered, runNode, scratchFolder, type NodeProcess } from '../support/node-process.ts'
import { joinModified, type Modified } from './modified-device.ts'

export async function run<C extends CommandName>(
  { client }: NodeProcess,
  command: C,
  input: CommandInput<C>,
): Promise<CommandResult<C>> {
  return answered(await client.do(command, input))
}

export async function until(holds: () => boolean | Promise<boolean>, sentence: string): Promise<void> {
  const end = Date.now() + 30_000
  while (!(await holds())) {
    invariant(Date.now() < end, `within 30 s: ${sentence}`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

export function refOf(op: string): OpRef {
  const ref = parseOpId(op)
  invariant(ref, `${op} is the name of an op`)
  return ref
}

export class HonestSite {
  readonly #folder = scratchFolder()
  readonly #nodes = new Map<string, NodeProcess>()
  readonly #modified: Modified[] = []

  async found(): Promise<this> {
    const hq = await this.#start('hq')
    await run(hq, 'setup.init', { site: 'Honest', name: 'hq' })
    await hq.stop()
    await this.#start('hq', '--decide', 'manual')
    await this.#join('desk', 'supervisor')
    await this.#join('tablet', 'technician')
    return this
  }

  get hq(): NodeProcess {
    return this.#node('hq')
  }

  get desk(): NodeProcess {
    return this.#node('desk')
  }

  get tablet(): NodeProcess {
    return this.#node('tablet')
  }

  async modified(name: string, role: 'supervisor' | 'technician'): Promise<Modified> {
    const { code } = await run(this.hq, 'invite.create', { role, name })
    const modified = await joinModified(name, code, String(this.hq.ready.listen))
    this.#modified.push(modified)
    await until(() => modified.device.replica.admitted(), `${name} is a member`)
    return modified
  }

  async actorOf({ client }: NodeProcess): Promise<ActorId> {
    const actor = parseActorId(answered(await client.query('status', {})).actor)
    invariant(actor, 'a device is an actor')
    return actor
  }

  /** Says each op in its turn; how every honest replica judges it: the same, or the test fails. */
  async judgements<K extends string>(
    modified: Modified,
    effects: Readonly<Record<K, readonly KnownEffect[]>>,
  ): Promise<Record<K, string>> {
    const said = Object.entries<readonly KnownEffect[]>(effects).map(
      ([what, each]) => [what, modified.say(each)] as const,
    )
    const judged: [string, string][] = []
    for (const [what, op] of said) judged.push([what, await this.judgement(op)])
    return Object.fromEntries(judged) as Record<K, string>
  }

  async judgement(op: string): Promise<string> {
    const all = await Promise.all([...this.#nodes.values()].map((node) => judgementAt(node, op)))
    expect(new Set(all).size, `${op}: ${all.join(', ')}`).toBe(1)
    return all[0] ?? ''
  }

  /** No session ended for anything that was said; the honest work on, and all agree. */
  async expectUndisturbed(): Promise<void> {
    for (const { ends } of this.#modified) expect(ends).toEqual([])
    const { op } = await run(this.tablet, 'job.create', { title: 'Work goes on' })
    expect(await this.judgement(op)).toBe('accepted')
    await until(async () => (await this.#stateHashes()).size === 1, 'all replicas agree')
  }

  async close(): Promise<void> {
    await Promise.all(this.#modified.map(({ network }) => network.stop()))
    await Promise.all([...this.#nodes.values()].map((node) => node.stop()))
    this.#folder.remove()
  }

  async #stateHashes(): Promise<Set<string>> {
    const all = [...this.#nodes.values()].map(({ client }) => client.query('status', {}))
    return new Set((await Promise.all(all)).map((status) => answered(status).state_hash))
  }

  async #join(name: string, role: 'supervisor' | 'technician'): Promise<void> {
    const node = await this.#start(name, '--peer', String(this.hq.ready.listen))
    const { code } = await run(this.hq, 'invite.create', { role, name })
    await run(node, 'setup.join', { code, name })
  }

  async #start(name: string, ...args: readonly string[]): Promise<NodeProcess> {
    const node = await runNode(`${this.#folder.path}/${name}`, ['--no-mdns', ...args])
    this.#nodes.set(name, node)
    return node
  }

  #node(name: string): NodeProcess {
    const node = this.#nodes.get(name)
    invariant(node, `${name} runs`)
    return node
  }
}

async function judgementAt({ client }: NodeProcess, op: string): Promise<string> {
  let judged = ''
  await until(async () => {
    const answer = await client.query('op', { op })
    if (answer.ok) judged = [answer.value.judgement, answer.value.reason?.code].filter(Boolean).join(' ')
    return answer.ok
  }, `${op} arrives`)
  return judged
}
