/**
 * Writes an update in Yjs's v1 encoding: the counterpart of `read-update`, for updates that are cut or
 * stripped.
 */
import { createID, UpdateEncoderV1 } from 'yjs'
import type { Bytes } from '../../base/bytes.ts'
import { WIRE, type ClockRange, type Content, type Struct, type StructId, type Update } from './struct.ts'

export function writeUpdate(update: Pick<Update, 'client' | 'structs' | 'deletes'>): Bytes {
  const encoder = new UpdateEncoderV1()
  const first = update.structs[0]
  encoder.writeLen(first ? 1 : 0)
  if (first && update.client !== null) {
    encoder.writeLen(update.structs.length)
    encoder.writeClient(update.client)
    encoder.writeLen(first.clock)
    for (const struct of update.structs) writeStruct(encoder, struct)
  }
  writeDeletes(encoder, update.deletes)
  return encoder.toUint8Array()
}

/** Bytes that a struct takes in an update. */
export function sizeOf(struct: Struct): number {
  const encoder = new UpdateEncoderV1()
  writeStruct(encoder, struct)
  return encoder.toUint8Array().length
}

function writeStruct(encoder: UpdateEncoderV1, struct: Struct): void {
  const { content, origin, rightOrigin } = struct
  const flags =
    (origin ? WIRE.hasOrigin : 0) |
    (rightOrigin ? WIRE.hasRightOrigin : 0) |
    (struct.attribute === null ? 0 : WIRE.isAttribute)
  encoder.writeInfo(flags | kindOf(content))
  if (origin) encoder.writeLeftID(yjsId(origin))
  if (rightOrigin) encoder.writeRightID(yjsId(rightOrigin))
  if (struct.parent !== null) writeParent(encoder, struct.parent)
  if (struct.attribute !== null) encoder.writeString(struct.attribute)
  writeContent(encoder, content)
}

function writeParent(encoder: UpdateEncoderV1, parent: StructId | string): void {
  encoder.writeParentInfo(typeof parent === 'string')
  if (typeof parent === 'string') encoder.writeString(parent)
  else encoder.writeLeftID(yjsId(parent))
}

function kindOf(content: Content): number {
  switch (content.kind) {
    case 'element':
    case 'text':
      return WIRE.type
    case 'value':
      return WIRE.any
    default:
      return WIRE[content.kind]
  }
}

function writeContent(encoder: UpdateEncoderV1, content: Content): void {
  switch (content.kind) {
    case 'collected':
    case 'deleted':
      encoder.writeLen(content.length)
      return
    case 'string':
      encoder.writeString(content.text)
      return
    case 'format':
      encoder.writeKey(content.mark)
      encoder.writeJSON(content.value)
      return
    case 'element':
      encoder.writeTypeRef(WIRE.xmlElement)
      encoder.writeKey(content.name)
      return
    case 'text':
      encoder.writeTypeRef(WIRE.xmlText)
      return
    case 'value':
      encoder.writeLen(1)
      encoder.writeAny(content.value)
  }
}

function writeDeletes(encoder: UpdateEncoderV1, ranges: readonly ClockRange[]): void {
  const clients = Map.groupBy(ranges, (range) => range.client)
  encoder.writeLen(clients.size)
  for (const [client, own] of clients) {
    encoder.writeClient(client)
    encoder.writeLen(own.length)
    for (const range of own) {
      encoder.writeDsClock(range.from)
      encoder.writeDsLen(range.to - range.from)
    }
  }
}

const yjsId = (id: StructId) => createID(id.client, id.clock)
