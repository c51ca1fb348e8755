import { type Field, type MessageTable, type MessageType, messageOf, type Scalar } from './message-table.ts'
import { NotReadable, type PlainMessage } from './read-binary.ts'

/** How the JSON encoding is read. */
export interface JsonReading {
  /** Messages inside each other. */
  maxDepth: number
  /** Messages in all: an empty one takes three bytes as sent and some hundred in memory. */
  maxMessages: number
  /** Name of the message that is one record: a faulty one is left out and told to `onFault`; faults elsewhere are thrown. */
  record?: string
  onFault?: (message: string, record: unknown) => void
}

interface Walk extends JsonReading {
  table: MessageTable
  messages: number
}

const INTEGER = /^-?\d{1,20}$/
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const HEX = /^([0-9a-fA-F]{2})*$/
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/
const NOT_FINITE: ReadonlySet<string> = new Set(['NaN', 'Infinity', '-Infinity'])
const SMALL_INTEGERS: ReadonlySet<Scalar> = new Set(['int32', 'uint32', 'sint32', 'fixed32'])

/**
 * Reads the JSON encoding of a message (parsed) into the plain values that `readBinary` gives: names in lowerCamelCase or
 * snake_case, 64-bit integers as text or numbers, enums as numbers or names, absent and null alike, unknown names passed over.
 * Throws NotReadable with the place of the fault.
 */
export function readJson(value: unknown, table: MessageTable, name: string, reading: JsonReading): PlainMessage {
  return readMessage({ ...reading, table, messages: 0 }, messageOf(table, name), value, name, 1)
}

function readMessage(walk: Walk, type: MessageType, value: unknown, path: string, depth: number): PlainMessage {
  if (depth > walk.maxDepth) throw new NotReadable(`${path} is nested deeper than ${walk.maxDepth}`)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unexpected(path, 'an object', value)
  walk.messages += 1
  if (walk.messages > walk.maxMessages)
    throw new NotReadable(`there are more than ${walk.maxMessages} messages inside: send them in parts`, { isTooLarge: true })
  const message: PlainMessage = {}
  for (const [given, content] of Object.entries(value)) {
    const entry = type.byName.get(given)
    if (entry === undefined || content === null || content === undefined) continue
    const [name, field] = entry
    const place = `${path}.${name}`
    const read = field.isRepeated ? readList(walk, field, content, place, depth) : readValue(walk, field, content, place, depth)
    if (field.kind !== 'hex' || read !== '') message[name] = read
  }
  return message
}

function readList(walk: Walk, field: Field, content: unknown, path: string, depth: number): unknown[] {
  if (!Array.isArray(content)) throw unexpected(path, 'an array', content)
  const isRecords = typeof field.kind === 'object' && field.kind.message === walk.record
  const list: unknown[] = []
  for (const [index, element] of content.entries()) {
    try {
      list.push(readValue(walk, field, element, `${path}[${index}]`, depth))
    } catch (error) {
      if (!isRecords || !(error instanceof NotReadable) || error.isTooLarge || walk.onFault === undefined) throw error
      walk.onFault(error.message, element)
    }
  }
  return list
}

function readValue(walk: Walk, field: Field, content: unknown, path: string, depth: number): unknown {
  const { kind } = field
  if (typeof kind === 'object') return readMessage(walk, messageOf(walk.table, kind.message), content, path, depth + 1)
  if (kind === 'string') {
    if (typeof content !== 'string') throw unexpected(path, 'text', content)
    return content
  }
  if (kind === 'bool') {
    if (typeof content !== 'boolean') throw unexpected(path, 'true or false', content)
    return content
  }
  if (kind === 'double') return readDouble(content, path)
  if (kind === 'enum') return readEnum(field, content, path)
  if (kind === 'hex') return readPattern(content, HEX, 'hexadecimal text', path).toLowerCase()
  if (kind === 'bytes') return readPattern(content, BASE64, 'base64', path)
  const text = readInteger(content, path)
  return SMALL_INTEGERS.has(kind) ? Number(text) : text
}

function readInteger(content: unknown, path: string): string {
  if (typeof content === 'number' && Number.isInteger(content)) return BigInt(content).toString()
  if (typeof content === 'string' && INTEGER.test(content)) return BigInt(content).toString()
  throw unexpected(path, 'an integer', content)
}

function readDouble(content: unknown, path: string): number | string {
  if (typeof content === 'number') return content
  if (typeof content === 'string' && NOT_FINITE.has(content)) return content
  if (typeof content === 'string' && DECIMAL.test(content)) return Number(content)
  throw unexpected(path, 'a number', content)
}

function readEnum(field: Field, content: unknown, path: string): number {
  if (typeof content === 'number' && Number.isInteger(content)) return content
  const number = typeof content === 'string' && Object.hasOwn(field.enumNumbers ?? {}, content) ? field.enumNumbers?.[content] : undefined
  if (number === undefined) throw unexpected(path, 'a number or a name of the enum', content)
  return number
}

function readPattern(content: unknown, pattern: RegExp, expected: string, path: string): string {
  if (typeof content !== 'string' || !pattern.test(content)) throw unexpected(path, expected, content)
  return content
}

function unexpected(path: string, expected: string, content: unknown): NotReadable {
  const kind = content === null ? 'null' : Array.isArray(content) ? 'an array' : typeof content
  const shown = typeof content === 'string' ? `the text ${JSON.stringify(content.slice(0, 40))}` : kind
  return new NotReadable(`${path} is ${shown}, expected ${expected}`)
}
