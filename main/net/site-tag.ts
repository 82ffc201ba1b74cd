/**
 * What an announcement tells: enough for members to know each other, nothing for anybody else. Nobody can call by
 * these tags or compute them backwards, and without the site's id, which is never announced, nobody can make them up.
 */
import { createHash } from 'node:crypto'
import type { ActorId, SiteId } from '../../shared/model/ids.ts'

const tag = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)

/** Tells a site's devices from others without telling the site. */
export const discoveryTag = (site: SiteId): string => tag(`tallydesk site tag ${site}`)

/** Tells members which of them is announced under this instance id. */
export const deviceTag = (site: SiteId, actor: ActorId, instance: string): string =>
  tag(`tallydesk device tag ${site} ${actor} ${instance}`)
