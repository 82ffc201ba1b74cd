/** What a node that belongs to a site answers: what its log knows, with what only this device knows beside it. */
import type { TallydeskError } from '../../shared/api/errors.ts'
import type { AttachmentRow } from '../../shared/api/rows.ts'
import type { ParsedQuery } from '../../shared/api/parse.ts'
import type { QueryAnswer, QueryInput, QueryName } from '../../shared/api/queries.ts'
import { parseOpId } from '../../shared/model/ids.ts'
import { ok, type Result } from '../../shared/base/result.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import type { Blobs } from '../store/blobs.ts'
import type { CutWord } from './cut-word.ts'
import type { FileKeeper } from './photos/file-keeper.ts'
import type { Reachability } from './unlinked.ts'

export type SiteQuery = Exclude<ParsedQuery, { readonly query: 'node' | 'preferences' }>

export type SiteAnswersOptions = {
  readonly replica: Replica
  readonly blobs: Blobs
  readonly files: FileKeeper
  readonly cutWord: CutWord
  readonly halted: () => QueryAnswer<'status'>['halted']
  readonly storage: () => QueryAnswer<'status'>['storage']
  readonly beginning: () => QueryAnswer<'status'>['beginning']
  /** The network, or what stands for it. */
  readonly around: () => Reachability
}

/** Of a member that the network knows nothing of. */
const NO_LINK = {
  link: 'off',
  via: null,
  last_heard: null,
  lag: null,
  address: null,
  through: null,
  why: null,
} as const

export class SiteAnswers {
  readonly #options: SiteAnswersOptions

  constructor(options: SiteAnswersOptions) {
    this.#options = options
  }

  answer(asked: SiteQuery): Result<QueryAnswer<QueryName>, TallydeskError> {
    const { replica, cutWord, around } = this.#options
    switch (asked.query) {
      case 'status':
        return ok(this.#status())
      case 'peers':
        return ok({ peers: this.#peers(), seen: around().seen(), tablets: around().tablets() })
      case 'invites':
        return ok({ invites: around().invites.list() })
      case 'members':
        return ok({ members: cutWord.members() })
      case 'record':
        return this.#record(asked.input)
      case 'feed':
        return this.#feed(asked.input)
      default:
        return replica.query(asked.query, asked.input, around().reach())
    }
  }

  #status(): QueryAnswer<'status'> {
    const { replica, cutWord, files, halted, storage, beginning, around } = this.#options
    const log = replica.status()
    const heard = [log.authority_heard, around().authorityHeard()].filter((wall) => wall !== null)
    return {
      ...log,
      ...around().status(),
      authority_heard: heard.length === 0 ? null : Math.max(...heard),
      halted: halted(),
      storage: storage(),
      beginning: beginning(),
      cut: cutWord.cut(),
      photos: { coming: files.exchange.needed, trouble: files.trouble?.code ?? null },
    }
  }

  #peers(): QueryAnswer<'peers'>['peers'] {
    const { replica, around } = this.#options
    const links = new Map(
      around()
        .peers()
        .map((link) => [link.actor, link]),
    )
    const others = replica.members().filter(({ actor, cut }) => actor !== replica.actor && cut === null)
    const names = new Map(others.map(({ actor, name }) => [actor, name]))
    return others.map(({ actor, name, role }) => {
      const { through, ...link } = links.get(actor) ?? { actor, ...NO_LINK }
      return {
        ...link,
        name,
        role,
        through: through && { ...through, name: names.get(through.actor) ?? '' },
      }
    })
  }

  #record(input: QueryInput<'record'>): Result<QueryAnswer<'record'>, TallydeskError> {
    const { replica, around } = this.#options
    const found = replica.query('record', input, around().reach())
    if (!found.ok) return found
    const attachments = found.value.attachments.map((attachment) => this.#located(attachment))
    return ok({ ...found.value, attachments })
  }

  /** Of what nobody acknowledged, and nobody can be asked about, it is not known where it is. */
  #feed(input: QueryInput<'feed'>): Result<QueryAnswer<'feed'>, TallydeskError> {
    const { replica, around } = this.#options
    const found = replica.query('feed', input, around().reach())
    const through = around().unknownThrough()
    const since = around().status().unknown_since
    if (!found.ok || through === null || since === null) return found
    const rows = found.value.rows.map((row) => {
      const seq = row.author === replica.actor ? (parseOpId(row.op)?.seq ?? Infinity) : Infinity
      const isUnknown = row.where.at === 'device' && seq <= through
      return isUnknown ? { ...row, where: { at: 'unknown', since } as const } : row
    })
    return ok({ ...found.value, rows })
  }

  /** An attachment with where its bytes are. */
  #located(attachment: AttachmentRow): AttachmentRow {
    const { replica, blobs, files, around } = this.#options
    const { sha256 } = attachment
    const isHere = blobs.has(sha256)
    const others = replica.files.holders(sha256)
    const peers = others.length === 0 ? [] : around().peers()
    return {
      ...attachment,
      where: isHere ? [replica.actor, ...others] : others,
      coming: isHere ? null : files.coming(sha256),
      holders: others.map((actor) => ({
        actor,
        name: replica.member(actor)?.name ?? '',
        last_heard: peers.find((peer) => peer.actor === actor)?.last_heard ?? null,
      })),
    }
  }
}
