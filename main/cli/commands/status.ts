/** tallydesk status: how this device stands, for people or as JSON. */
import type { Command } from 'commander'
import type { QueryAnswer } from '../../../shared/api/queries.ts'
import { ok } from '../../../shared/base/result.ts'
import { type Context, withDesk } from '../context.ts'
import { printJson, printLines } from '../output.ts'
import type { Words } from '../words.ts'

const LINK = {
  up: 'linkUp',
  down: 'linkDown',
  connecting: 'linkConnecting',
  off: 'linkOff',
  none: 'linkNone',
  self: 'linkSelf',
  alone: 'linkAlone',
} as const

type Checkpoint = NonNullable<QueryAnswer<'status'>['checkpoint']>
type Options = { readonly data: string; readonly json?: boolean }

export function addStatus(program: Command, { words, finish }: Context): void {
  program
    .command('status')
    .description(words.say('status'))
    .requiredOption('--data <dir>', words.say('data'))
    .option('--json', words.say('json'))
    .action(({ data, json }: Options) =>
      finish(json ? 'json' : 'people', () =>
        withDesk(data, { inProcess: 'existing' }, async ({ api }) => {
          const status = await api.query('status', {})
          if (!status.ok) return status
          if (json) printJson(status.value)
          else printLines(statusLines(status.value, words))
          return ok(undefined)
        }),
      ),
    )
}

function statusLines(status: QueryAnswer<'status'>, words: Words): string[] {
  const {
    name,
    role,
    outbox,
    waiting,
    conflicts,
    review,
    unknown_since: since,
    authority_heard: heard,
    rules,
  } = status
  return [
    words.say('statusDevice', { name, role, site: status.site_name }),
    words.say('statusLink', {
      wan: words.say(LINK[status.wan.state]),
      lan: words.say(LINK[status.lan.state]),
      linked: status.peers.linked,
    }),
    words.say('statusOutbox', { outbox, waiting, conflicts, review }),
    ...(rules.site > rules.known ? [words.say('statusUpgrade', rules)] : []),
    ...(since === null ? [] : [words.say('statusUnknown', { since: words.time(since) })]),
    ...(role === 'authority' ? [] : [heardLine(heard, words)]),
    ...beginningLines(status.beginning, words),
    ...checkpointLines(status.checkpoint, words),
  ]
}

function checkpointLines(last: QueryAnswer<'status'>['checkpoint'], words: Words): string[] {
  if (last === null) return [words.say('statusNoCheckpoint')]
  const { wall, ops, beyond, agreed, differs, snapshot, history } = last
  const check = agreed === null ? 'checkpointOpen' : agreed ? 'checkpointAgreed' : 'checkpointDiffers'
  return [
    words.say('statusCheckpoint', { wall: words.time(wall), ops, beyond, check: words.say(check) }),
    ...(differs === null ? [] : [words.say('statusAlarm', { op: differs })]),
    ...(snapshot === null ? [] : [snapshotLine(snapshot, words)]),
    historyLine(history, words),
  ]
}

function snapshotLine({ wall, size, here }: NonNullable<Checkpoint['snapshot']>, words: Words): string {
  const where = words.say(here ? 'snapshotHere' : 'snapshotElsewhere')
  return words.say('statusSnapshot', { wall: words.time(wall), bytes: size, where })
}

const historyLine = ({ days, cleared }: Checkpoint['history'], words: Words): string =>
  days === null
    ? words.say('statusHistoryForGood', { cleared })
    : words.say('statusHistory', { days, cleared })

const BEGINS = {
  coming: 'beginsComing',
  reading: 'beginsReading',
  nobody: 'beginsNobody',
  unusable: 'beginsUnusable',
} as const

function beginningLines(beginning: QueryAnswer<'status'>['beginning'], words: Words): string[] {
  if (beginning === null) return []
  const { state, done, size } = beginning
  return [words.say(BEGINS[state], { done, size: size ?? 0 })]
}

const heardLine = (heard: number | null, words: Words): string =>
  heard === null ? words.say('statusNeverHeard') : words.say('statusHeard', { heard: words.time(heard) })
