/** The replica: one database, one owner, every call synchronous. What is answered is durable. */
import type { CommandInput, CommandResult, ImportReport, OpResult, SiteCommandName } from '../api/commands.ts'
import { isErrorCode, TallydeskError } from '../api/errors.ts'
import { reasonText } from '../api/messages/reasons.ts'
import type { QueryAnswer, QueryInput } from '../api/queries.ts'
import { type Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import { err, ok, type Result } from '../base/result.ts'
import { Composer } from '../intent/composer.ts'
import { addAttachment, type Attachment } from '../intent/attaching.ts'
import { mapTarget } from '../intent/editing.ts'
import type { Refusal } from '../intent/refusal.ts'
import { actOf, permits } from '../judge/permissions.ts'
import { reason, type ReasonOf } from '../judge/reason.ts'
import { sizeOf } from '../model/rights.ts'
import type { Role } from '../model/roles.ts'
import { formatOpId, type ActorId, type ChildId, type RecordId, type SiteId } from '../model/ids.ts'
import type { Head } from '../op/run.ts'
import { answer, plan, type Plan } from './commands.ts'
import type {
  Admission,
  AuthorityReach,
  ImportRow,
  Member,
  Replica,
  ReplicaQueryName,
  ReplicaStatus,
} from './contract.ts'
import { diagnose, type Diagnosis } from './doctor.ts'
import { genesis, type Founding } from './founding.ts'
import { emptyTally, importRow } from './importing.ts'
import { LocalReading } from './local-reading.ts'
import type { Arrival } from './log.ts'
import { membersOf } from './members.ts'
import { bodyAddress } from './note-commands.ts'
import { fileNamed } from './queries/file-named.ts'
import { handingIn } from './parcel-handing-in.ts'
import type { Signer, World } from './ports.ts'
import { answerQuery } from './queries/answers.ts'
import { status } from './queries/status.ts'
import { handoverTo } from './recovering.ts'
import { heldElsewhere, ownHead, unsentOps } from './unsent.ts'
import { mustCount, nextRef, Unfit } from './writer.ts'
import { policyNow, Upkeep } from './upkeep.ts'

/** Rows imported in one transaction: a slice well below 16 ms of work. */
const IMPORT_SLICE = 20

/** Founds a site: this device is its authority. */
export function createSite(world: World, signer: Signer, options: Founding): Replica {
  const { site, arrival } = genesis(world, signer, options)
  const replica = new SqlReplica(world, signer, site)
  replica.found(arrival)
  return replica
}

/** Opens the replica of a site; its log may still be empty, right after joining. */
export function openReplica(world: World, signer: Signer, site: SiteId): Replica {
  const replica = new SqlReplica(world, signer, site)
  replica.keepSite()
  return replica
}

class SqlReplica extends Upkeep implements Replica {
  /** The site and its first op are there together: a folder that is half founded could never be founded again. */
  found(arrival: Arrival): void {
    this.commit(true, () => {
      this.keepSite()
      const refused = this.core.door.admit(arrival, this.site)
      invariant(refused === null, `a genesis op is sound (${refused})`)
    })
  }

  execute<C extends SiteCommandName>(
    command: C,
    input: CommandInput<C>,
  ): Result<CommandResult<C>, TallydeskError> {
    this.settle()
    const outdated = this.outdated()
    if (outdated) return err(outdated)
    const core = this.core
    const composer = new Composer(nextRef(core), core.sha256)
    const { signer } = this
    const planner = { core, reading: new LocalReading(core), composer, year: this.year(), signer }
    const planned = plan(command, planner, input)
    if (!planned.ok) return err(refused(planned.error))
    if (command === 'site.handover' && this.ownHead() === null) {
      const spoken = this.#unlessUnfit(() => this.commit(true, () => this.#saySomething()))
      return spoken.ok ? this.execute(command, input) : spoken
    }
    const done = this.#ifPermitted<CommandResult<C>>(planned.value)
    if (done.ok && command === 'checkpoint.publish') this.#compareIfItCan()
    return done
  }

  /** It is published, whatever becomes of this: what a full disk refuses now, `work` compares later. */
  #compareIfItCan(): void {
    try {
      this.compare()
    } catch {
      this.forgetCore()
    }
  }

  query<Q extends ReplicaQueryName>(
    query: Q,
    input: QueryInput<Q>,
    reach: AuthorityReach,
  ): Result<QueryAnswer<Q>, TallydeskError> {
    this.settleToRead()
    return answerQuery(this.core, query, input, reach)
  }

  status(): ReplicaStatus {
    this.settleToRead()
    return status(this.core, this.world.history ?? null)
  }

  openText(record: string, note: string): Result<{ readonly client: number }, TallydeskError> {
    const core = this.core
    const reading = new LocalReading(core)
    const map = mapTarget(reading, record as RecordId, 'notes')
    if (!map.ok) return err(refused(map.error))
    if (!reading.hasChild(record as RecordId, map.value.field.code, note as ChildId)) {
      return err(new TallydeskError('not-found', { what: 'note', id: note }))
    }
    const at = bodyAddress(record as RecordId, map.value.field, note as ChildId)
    const n = this.transaction(() => core.texts.allotSession(at))
    return ok({ client: core.texts.clientOf(this.actor, at, n) })
  }

  importRows(source: string, rows: readonly ImportRow[]): Result<ImportReport, TallydeskError> {
    const problem = this.#notPermitted({
      ops: [[{ type: 'import', kind: 'job', source, key: '-' }]],
      result: {},
    })
    if (problem) return err(problem)
    const tally = emptyTally()
    for (let i = 0; i < rows.length; i += IMPORT_SLICE) {
      const slice = rows.slice(i, i + IMPORT_SLICE)
      this.commit(true, () => {
        const wall = this.world.clock.now()
        for (const row of slice) importRow(this.core, this.signer, wall, source.normalize('NFC'), row, tally)
      })
    }
    return ok(tally)
  }

  admit(admission: Admission): Result<OpResult, TallydeskError> {
    const outdated = this.outdated()
    if (outdated) return err(outdated)
    if (!this.mayAdmit(admission.role)) return err(new TallydeskError('not-authority'))
    const { name, person, ...keys } = admission
    const names = { name: name.normalize('NFC'), person: person.normalize('NFC') }
    return this.#carryOut<OpResult>({ ops: [[{ type: 'admit', ...keys, ...names }]], result: {} })
  }

  mayAdmit(role: Role): boolean {
    const control = this.core.control()
    if (control.authority === this.actor) return true
    const left = sizeOf(control.escrow.heldBy(this.actor, 'enrol'))
    return role === 'technician' && control.member(this.actor)?.role === 'supervisor' && left > 0
  }

  members(): readonly Member[] {
    return membersOf(this.core)
  }

  member(actor: ActorId): Member | null {
    return this.members().find((member) => member.actor === actor) ?? null
  }

  ownSeq(): number {
    return this.ownHead()?.seq ?? 0
  }

  ownHead(): Head | null {
    return ownHead(this.core)
  }

  heldElsewhere(): Head | null {
    return heldElsewhere(this.core)
  }

  unsent(): readonly Bytes[] {
    return unsentOps(this.core)
  }

  handIn(content: Bytes): Result<CommandResult<'parcel.import'>, TallydeskError> {
    const planned = handingIn(this.core, content)
    if (!planned.ok) return planned
    return this.#ifPermitted(planned.value)
  }

  fileNamed(sha256: string): string | null {
    this.settleToRead()
    return fileNamed(this.core, sha256)
  }

  attach(record: string, attachment: Attachment): Result<CommandResult<'attachment.add'>, TallydeskError> {
    const core = this.core
    const composer = new Composer(nextRef(core), core.sha256)
    const added = addAttachment(composer, new LocalReading(core), record as RecordId, attachment)
    if (!added.ok) return err(refused(added.error))
    const result = { attachment: added.value, sha256: attachment.sha256 }
    const planned = { ops: [composer.effects], result }
    return this.#ifPermitted(planned)
  }

  recover(key: Signer): Result<CommandResult<'site.recover'>, TallydeskError> {
    const core = this.core
    const role = this.member(this.actor)?.role ?? 'none'
    const outdated = this.outdated()
    if (outdated) return err(outdated)
    const made = handoverTo(core, key, this.world.clock.now())
    if (!made.ok) return made
    if (role !== 'supervisor') return err(new TallydeskError('not-permitted', { role }))
    const { arrival, before } = made.value
    return this.#unlessUnfit(() => {
      this.commit(true, () => {
        const unsound = core.door.admit(arrival, this.site)
        invariant(unsound === null, `a handover is sound (${unsound})`)
        // A device that was cut, or a branch that fell, takes over nothing.
        mustCount(core)
        if (this.ownHead() === null) this.#saySomething()
      })
      return { op: formatOpId(arrival.op), actor: this.actor, before }
    })
  }

  /** A handover names the last op of who had the role: an authority must have said something, if only what holds already. */
  #saySomething(): void {
    this.write([policyNow(this.core)])
  }

  admitted(): boolean {
    return this.core.control().member(this.actor) !== null
  }

  rebuild(): void {
    this.commit(false, () => {
      this.world.sql.exec('UPDATE record SET hash = NULL')
      this.core.judging.folding.forget()
      this.core.door.rebuild()
    })
    this.forgetCore()
  }

  diagnose(): Diagnosis {
    this.settle()
    try {
      return diagnose(this.core)
    } finally {
      this.forgetCore()
    }
  }

  #ifPermitted<R>(planned: Plan): Result<R, TallydeskError> {
    const problem = this.#notPermitted(planned)
    return problem ? err(problem) : this.#carryOut(planned)
  }

  #notPermitted(planned: Plan): TallydeskError | null {
    const outdated = this.outdated()
    if (outdated) return outdated
    const role = this.core.control().roleAt(this.core.judging.past.end(this.actor))
    if (role === null) return new TallydeskError('not-member')
    // Nothing that it wrote from now on would count: it joins again under a new key.
    if (this.ownFork()) return againstRule(reason('forked'))
    const permitted = planned.ops.every((effects) => effects.every((effect) => permits(role, actOf(effect))))
    return permitted ? null : new TallydeskError('not-permitted', { role })
  }

  #carryOut<R>(planned: Plan): Result<R, TallydeskError> {
    return this.#unlessUnfit(() => {
      const refs = this.commit(true, () => planned.ops.map((effects) => this.write(effects)))
      return answer(refs[0] ? formatOpId(refs[0]) : '', planned) as R
    })
  }

  #unlessUnfit<R>(work: () => R): Result<R, TallydeskError> {
    try {
      return ok(work())
    } catch (problem) {
      if (!(problem instanceof Unfit)) throw problem
      const { reason } = problem
      if (!reason)
        return err(new TallydeskError('too-large', { size: 'more', limit: '64 KiB in one change' }))
      return err(againstRule(reason))
    }
  }
}

const refused = ({ code, params }: Refusal): TallydeskError => new TallydeskError(code, params)

/** What only judgement could tell: in words of its own where the person can do something about it. */
function againstRule({ code, params }: ReasonOf): TallydeskError {
  if (code === 'bad-text') return new TallydeskError('bad-value', { field: 'text', reason: code })
  // The error of this name is about a field, which judgement does not name.
  if (isErrorCode(code) && code !== 'bad-value') return new TallydeskError(code, params)
  return new TallydeskError('against-the-rules', { reason: reasonText('en', code, params) })
}
