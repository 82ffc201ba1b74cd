/**
 * The identities of the system as texts, each with one parser.
 *
 * actor   64 hex digits: SHA-256 of the device's Ed25519 op key
 * site    64 hex digits: SHA-256 of the genesis op
 * op      `actor:seq`; dot `actor:seq.i`, the i-th effect of an op (i counts from 0)
 * record  32 hex digits, made from the creating dot or, for an import, from (site, source, key)
 * child   32 hex digits, made from the creating dot
 * parcel  32 hex digits: the beginning of the SHA-256 of its content
 */
import type { Brand } from '../base/brand.ts'

export type SiteId = Brand<string, 'SiteId'>
export type ActorId = Brand<string, 'ActorId'>
export type RecordId = Brand<string, 'RecordId'>
export type ChildId = Brand<string, 'ChildId'>
export type ParcelId = Brand<string, 'ParcelId'>
export type OpId = Brand<string, 'OpId'>
export type Dot = Brand<string, 'Dot'>

export type OpRef = { readonly actor: ActorId; readonly seq: number }
export type DotRef = OpRef & { readonly index: number }

const HEX_64 = /^[0-9a-f]{64}$/
const HEX_32 = /^[0-9a-f]{32}$/
const OP = /^([0-9a-f]{64}):([1-9][0-9]{0,14})$/

export const parseSiteId = (text: string): SiteId | null => (HEX_64.test(text) ? (text as SiteId) : null)
export const parseActorId = (text: string): ActorId | null => (HEX_64.test(text) ? (text as ActorId) : null)
export const parseRecordId = (text: string): RecordId | null =>
  HEX_32.test(text) ? (text as RecordId) : null
export const parseParcelId = (text: string): ParcelId | null =>
  HEX_32.test(text) ? (text as ParcelId) : null
export const parseChildId = (text: string): ChildId | null => (HEX_32.test(text) ? (text as ChildId) : null)

export const formatOpId = (ref: OpRef): OpId => `${ref.actor}:${ref.seq}` as OpId
export const formatDot = (ref: DotRef): Dot => `${ref.actor}:${ref.seq}.${ref.index}` as Dot

export function parseOpId(text: string): OpRef | null {
  const parts = OP.exec(text)
  return parts ? { actor: parts[1] as ActorId, seq: Number(parts[2]) } : null
}

/** What people see of an actor that has no name here. */
export const shortActor = (actor: ActorId): string => actor.slice(0, 8)
