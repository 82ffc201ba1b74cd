/** Devices of one site for contract tests: real nodes on folders that outlive a restart. */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import type { RunningNode } from '../../main/node/node.ts'
import type { NodeOptions } from '../../main/node/options.ts'
import { eventually, must, scratch, startDesk } from './desks.ts'

export type Role = 'technician' | 'supervisor' | 'edge'
export type Place = { readonly data: string; node: RunningNode }

/** This start speaks to nobody. */
export const ALONE = { network: null } as const

export async function founded(
  options: Partial<NodeOptions> = {},
): Promise<Place & { readonly recovery: string }> {
  const data = scratch()
  const node = await startDesk(data, options)
  const { recovery } = must(await node.api.do('setup.init', { site: 'Hall', name: 'Headquarters' }))
  return { data, node, recovery }
}

export async function joined(
  { node: inviter }: Place,
  name: string,
  role: Role = 'technician',
  options: Partial<NodeOptions> = {},
): Promise<Place> {
  const data = scratch()
  const node = await startDesk(data, options)
  must(await node.api.do('setup.join', { code: await codeFor(inviter.api, name, role), name }))
  return { data, node }
}

export async function codeFor(api: DeskApi, name: string, role: Role = 'technician'): Promise<string> {
  return must(await api.do('invite.create', { role, name })).code
}

export async function restart(place: Place, options: Partial<NodeOptions> = {}): Promise<void> {
  await place.node.close()
  place.node = await startDesk(place.data, options)
}

/** Starts that know the addresses of these. */
export const calling = (...places: readonly Place[]): Partial<NodeOptions> => ({
  network: {
    listen: { host: '127.0.0.1', port: 0 },
    mdns: null,
    peers: places.map(({ node }) => node.identity().listen ?? ''),
    hq: null,
  },
})

export const actorOf = ({ node }: Place): string => node.identity().actor ?? ''

export const newJob = ({ node }: Place, title: string) => node.api.do('job.create', { title })

export const statusOf = async ({ node }: Place): Promise<QueryAnswer<'status'>> =>
  must(await node.api.query('status', {}))

export const titlesAt = async ({ node }: Place): Promise<string[]> =>
  must(await node.api.query('board', {}))
    .rows.map(({ title }) => title)
    .toSorted()

export const memberAt = async ({ node }: Place, actor: string) =>
  must(await node.api.query('members', {})).members.find((member) => member.actor === actor)

export const sees = (place: Place, ...titles: readonly string[]): Promise<true> =>
  eventually(`${titles.join()} at the device`, async () =>
    (await titlesAt(place)).join() === titles.toSorted().join() ? true : null,
  )

/** Its work has reached another device. */
export const isShared = (place: Place): Promise<true> =>
  eventually('its work at another device', async () => ((await statusOf(place)).outbox === 0 ? true : null))

export const linkTo = async ({ node }: Place, actor: string): Promise<string> =>
  must(await node.api.query('peers', {})).peers.find((peer) => peer.actor === actor)?.link ?? 'none'

export const isLinked = (a: Place, b: Place): Promise<true> =>
  eventually('the link', async () => ((await linkTo(a, actorOf(b))) === 'up' ? true : null))
