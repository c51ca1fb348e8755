import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { type Field, type MessageTable, type MessageType, messageOf, type Scalar } from './message-table.ts'

/** A message as read: plain values by field name; absent fields are absent. */
export type PlainMessage = Record<string, unknown>

/** Bounds on what a body may make of itself in memory, and how unknown fields are met. */
export interface ReadLimits {
  /** Messages inside each other. */
  maxDepth: number
  /** Messages in all: an empty one takes two bytes as sent and some hundred in memory. */
  maxMessages: number
  /** Unknown fields are faults. By default they are passed over, as newer senders may write them. */
  isStrict?: boolean
}

/** The bytes are not the message, or hold more than the limits allow. */
export class NotReadable extends Error {
  /** Whether the bytes may be good, but are too many. */
  readonly isTooLarge: boolean

  /** `message` says what was found where. */
  constructor(message: string, options: { isTooLarge?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'NotReadable'
    this.isTooLarge = options.isTooLarge ?? false
  }
}

interface Reading {
  reader: BinaryReader
  table: MessageTable
  limits: ReadLimits
  messages: number
}

const WIRE_TYPES: Readonly<Record<Scalar, WireType>> = {
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
  hex: WireType.LengthDelimited,
  bool: WireType.Varint,
  int32: WireType.Varint,
  uint32: WireType.Varint,
  sint32: WireType.Varint,
  int64: WireType.Varint,
  uint64: WireType.Varint,
  enum: WireType.Varint,
  double: WireType.Bit64,
  fixed64: WireType.Bit64,
  sfixed64: WireType.Bit64,
  fixed32: WireType.Bit32,
}

/**
 * Reads a protobuf message into plain values by a table. Throws NotReadable when the bytes are cut, have a field of the wrong wire type or
 * exceed a limit. Text that is not UTF-8 gets U+FFFD where it is broken: senders cut strings in the middle of a character.
 */
export function readBinary(bytes: Uint8Array, table: MessageTable, name: string, limits: ReadLimits): PlainMessage {
  const reading: Reading = { reader: new BinaryReader(bytes), table, limits, messages: 0 }
  try {
    return readMessage(reading, messageOf(table, name), bytes.length, 1)
  } catch (error) {
    if (error instanceof NotReadable) throw error
    throw new NotReadable(`not a protobuf message: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function readMessage(reading: Reading, type: MessageType, end: number, depth: number): PlainMessage {
  const { reader, limits } = reading
  if (depth > limits.maxDepth) throw new NotReadable(`messages are nested deeper than ${limits.maxDepth}`)
  reading.messages += 1
  if (reading.messages > limits.maxMessages) {
    throw new NotReadable(`there are more than ${limits.maxMessages} messages inside: send them in parts`, { isTooLarge: true })
  }
  const message: PlainMessage = {}
  while (reader.pos < end) {
    const [no, wireType] = reader.tag()
    const entry = type.byNumber.get(no)
    if (entry === undefined) {
      if (limits.isStrict) throw new NotReadable(`${type.name} has no field ${no}`)
      reader.skip(wireType, no)
    } else readField(reading, message, entry, wireType, depth)
    if (reader.pos > end) throw new NotReadable(`a field of ${type.name} goes beyond its end`)
  }
  return message
}

function readField(
  reading: Reading,
  message: PlainMessage,
  [name, field]: readonly [string, Field],
  wireType: WireType,
  depth: number,
): void {
  const { reader, table } = reading
  const { kind } = field
  if (typeof kind === 'object') {
    expectWireType(wireType, WireType.LengthDelimited, name)
    const lengthBytes = reader.uint32()
    const end = reader.pos + lengthBytes
    if (end > reader.len) throw new NotReadable(`${name} is cut: it goes beyond the end`)
    const value = readMessage(reading, messageOf(table, kind.message), end, depth + 1)
    if (field.isRepeated) listOf(message, name).push(value)
    // A message field that comes twice is one message in two parts.
    else message[name] = { ...(message[name] as PlainMessage | undefined), ...value }
    return
  }
  const expected = WIRE_TYPES[kind]
  if (!field.isRepeated) {
    expectWireType(wireType, expected, name)
    const value = readScalar(reader, kind)
    // Some senders write identities that are not set as empty bytes; both encodings mean the same by it.
    if (kind !== 'hex' || value !== '') message[name] = value
    return
  }
  const list = listOf(message, name)
  if (wireType !== WireType.LengthDelimited || expected === WireType.LengthDelimited) {
    expectWireType(wireType, expected, name)
    list.push(readScalar(reader, kind))
    return
  }
  const lengthBytes = reader.uint32()
  const end = reader.pos + lengthBytes
  if (end > reader.len) throw new NotReadable(`${name} is cut: it goes beyond the end`)
  while (reader.pos < end) list.push(readScalar(reader, kind))
}

function listOf(message: PlainMessage, name: string): unknown[] {
  const list = (message[name] as unknown[] | undefined) ?? []
  message[name] = list
  return list
}

function expectWireType(given: WireType, expected: WireType, name: string): void {
  if (given !== expected) throw new NotReadable(`${name} has wire type ${given}, expected ${expected}`)
}

function readScalar(reader: BinaryReader, kind: Scalar): unknown {
  switch (kind) {
    case 'string':
      return reader.string()
    case 'bytes':
      return bufferOf(reader.bytes()).toString('base64')
    case 'hex':
      return bufferOf(reader.bytes()).toString('hex')
    case 'bool':
      return reader.bool()
    case 'double':
      return doubleOf(reader.double())
    case 'int32':
    case 'enum':
      return reader.int32()
    case 'uint32':
      return reader.uint32()
    case 'sint32':
      return reader.sint32()
    case 'fixed32':
      return reader.fixed32()
    case 'int64':
      return String(reader.int64())
    case 'uint64':
      return String(reader.uint64())
    case 'fixed64':
      return String(reader.fixed64())
    case 'sfixed64':
      return String(reader.sfixed64())
  }
}

/** As the JSON encoding writes it: a number, or "NaN", "Infinity", "-Infinity", which JSON has no numbers for. */
function doubleOf(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
