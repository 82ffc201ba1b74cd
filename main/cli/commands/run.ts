/** tallydesk run: the node of a data folder, until it is told to stop. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { TallydeskError } from '../../../shared/api/errors.ts'
import { ok } from '../../../shared/base/result.ts'
import type { RunningNode } from '../../node/node.ts'
import { type HostPort, isLoopback, type NodeOptions, parseHostPort } from '../../node/options.ts'
import type { Context } from '../context.ts'
import { printJson } from '../output.ts'
import type { Words } from '../words.ts'

type Options = {
  readonly data: string
  readonly listen: string
  readonly control: string
  readonly peer: readonly string[]
  readonly hq?: string
  readonly mdns: boolean
  readonly interface: readonly string[]
  readonly photosQuota?: string
  readonly history?: string
  readonly decide: 'policy' | 'manual'
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

export function addRun(program: Command, { words, finish }: Context): void {
  program
    .command('run')
    .description(words.say('run'))
    .requiredOption('--data <dir>', words.say('data'))
    .option('--listen <host:port>', words.say('listen'), '0.0.0.0:0')
    .option('--control <host:port>', words.say('control'), '127.0.0.1:0')
    .option('--peer <host:port>', words.say('peer'), collect, [])
    .option('--hq <host:port>', words.say('hq'))
    .option('--no-mdns', words.say('noMdns'))
    .option('--interface <name>', words.say('interface'), collect, [])
    .option('--photos-quota <bytes>', words.say('photosQuota'))
    .option('--history <days>', words.say('history'))
    .addOption(
      new Option('--decide <who>', words.say('decide')).choices(['policy', 'manual']).default('policy'),
    )
    .action((options: Options) =>
      finish('json', async () => {
        const asked = nodeOptions(options, words)
        const { startNode } = await import('../../node/node.ts')
        await untilStopped(await startNode(asked))
        return ok(undefined)
      }),
    )
}

const DAY_MS = 86_400_000
/** A century: whoever wants more means for good. */
const MOST_DAYS = 36_500

const bytesOf = (text: string): number | null => {
  const bytes = Number(text)
  return text !== '' && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null
}

/** ms, `for good`, or null for what is neither. */
const historyOf = (text: string): number | 'for good' | null => {
  if (text === 'forever') return 'for good'
  const days = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0
  return days > 0 && days <= MOST_DAYS ? days * DAY_MS : null
}

function nodeOptions(options: Options, words: Words): NodeOptions {
  const address = (flag: string, text: string): HostPort => {
    const parsed = parseHostPort(text)
    if (parsed) return parsed
    throw new TallydeskError('usage', { reason: words.say('badAddress', { what: flag }) })
  }
  const photosQuota = options.photosQuota === undefined ? undefined : bytesOf(options.photosQuota)
  if (photosQuota === null)
    throw new TallydeskError('usage', { reason: words.say('badBytes', { what: '--photos-quota' }) })
  const history = options.history === undefined ? undefined : historyOf(options.history)
  if (history === null)
    throw new TallydeskError('usage', { reason: words.say('badHistory', { most: MOST_DAYS }) })
  const control = address('--control', options.control)
  if (!isLoopback(control.host)) throw new TallydeskError('usage', { reason: words.say('notLoopback') })
  for (const peer of options.peer) address('--peer', peer)
  if (options.hq !== undefined) address('--hq', options.hq)
  return {
    data: options.data,
    console: { listen: control, pages: pagesFolder() },
    network: {
      listen: address('--listen', options.listen),
      mdns: options.mdns ? (options.interface.length > 0 ? { interfaces: options.interface } : {}) : null,
      peers: options.peer,
      hq: options.hq ?? null,
    },
    decide: options.decide,
    ...(photosQuota === undefined ? {} : { photosQuota }),
    ...(history === undefined ? {} : { history: history === 'for good' ? null : history }),
    demo: null,
  }
}

/** Beside the built command, or where a checkout builds them. */
export function pagesFolder(): string {
  const built = join(import.meta.dirname, '..', 'renderer')
  return existsSync(built) ? built : join(import.meta.dirname, '..', '..', '..', 'out', 'renderer')
}

/** `desk` opens the desk in a browser of this machine; it carries the token of this start. */
function readyLine(node: RunningNode): object {
  const { actor, site, listen } = node.identity()
  const { address, token } = node.control ?? { address: null, token: '' }
  return { ready: true, actor, site, listen, control: address, desk: `http://${address}/#token=${token}` }
}

export async function untilStopped(node: RunningNode): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
    // Who started this node over a channel, as the demo does, takes it along, however that program ends.
    process.once('disconnect', () => resolve())
  })
  printJson(readyLine(node))
  await stopped
  await node.close()
}
