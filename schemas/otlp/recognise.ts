import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { OTLP_JSON_TYPE, type Signal } from './signals.ts'

/** How a message of the event log encodes which signal. */
export interface OtlpEncoding {
  signal: Signal
  isBinary: boolean
}

const JSON_START = /^\s*\{\s*"(resource_?(?:Logs|Spans|Metrics|logs|spans|metrics))"\s*:/
const HEAD_BYTES = 64
const PROTOBUF_TYPES: ReadonlySet<string> = new Set(['application/x-protobuf', 'application/protobuf', 'otlp_proto'])
const FIRST_GROUP = 0x0a

/**
 * Whether a message holds an OTLP export request, as ingest or the Kafka exporter of the OpenTelemetry collector (encodings
 * `otlp_proto`, `otlp_json`) writes it. That exporter sends no headers, so the bytes decide; the headers `content-type` and `encoding`
 * only spare the look at what cannot be OTLP.
 */
export function recogniseOtlp(
  value: Uint8Array,
  headers: Readonly<Record<string, string>>,
  isMetricsTopic: boolean,
): OtlpEncoding | undefined {
  const { 'content-type': contentType = '', encoding = '' } = headers
  const isSaid = contentType === OTLP_JSON_TYPE || PROTOBUF_TYPES.has(contentType) || encoding.startsWith('otlp_')
  if ((contentType !== '' || encoding !== '') && !isSaid && contentType !== 'application/json') return undefined
  const signal = jsonSignal(value)
  if (signal !== undefined) return { signal, isBinary: false }
  const binary = binarySignal(value, isMetricsTopic)
  return binary === undefined ? undefined : { signal: binary, isBinary: true }
}

function jsonSignal(value: Uint8Array): Signal | undefined {
  const head = Buffer.from(value.buffer, value.byteOffset, Math.min(value.byteLength, HEAD_BYTES)).toString('latin1')
  const name = JSON_START.exec(head)?.[1]?.toLowerCase().replace('_', '')
  if (name === undefined) return undefined
  return name === 'resourcelogs' ? 'logs' : name === 'resourcespans' ? 'traces' : 'metrics'
}

/**
 * Lines of text may begin with the byte of a first group too, an empty line, but never hold the outline of an export request to
 * their very end. The requests look alike in protobuf down to the records: a span begins with the bytes of its trace, a log
 * record has its time in that field.
 */
function binarySignal(value: Uint8Array, isMetricsTopic: boolean): Signal | undefined {
  if (value[0] !== FIRST_GROUP) return undefined
  const outline: Outline = { bytes: value, reader: new BinaryReader(value), firstRecord: undefined }
  try {
    readOutline(outline, value.length, 'request')
  } catch {
    return undefined
  }
  if (isMetricsTopic) return 'metrics'
  return outline.firstRecord !== undefined && isSpan(outline.firstRecord) ? 'traces' : 'logs'
}

interface Outline {
  bytes: Uint8Array
  reader: BinaryReader
  firstRecord: Uint8Array | undefined
}

/**
 * In a request field 1 holds the groups; in groups and scopes field 1 describes, field 2 holds what they group and field 3 is the schema.
 */
const INSIDE = {
  request: { 1: 'group' },
  group: { 1: 'leaf', 2: 'scope', 3: 'leaf' },
  scope: { 1: 'leaf', 2: 'record', 3: 'leaf' },
} as const
type Level = keyof typeof INSIDE

/** Follows the outline down to the records without reading them. Throws when the bytes hold anything else. */
function readOutline(outline: Outline, end: number, level: Level): void {
  const { reader } = outline
  const fields: Readonly<Record<number, Level | 'leaf' | 'record'>> = INSIDE[level]
  while (reader.pos < end) {
    const [no, wireType] = reader.tag()
    const inside = fields[no]
    if (inside === undefined || wireType !== WireType.LengthDelimited) throw new Error('not an export request')
    const sizeBytes = reader.uint32()
    const innerEnd = reader.pos + sizeBytes
    if (innerEnd > end) throw new Error('not an export request')
    if (inside === 'leaf' || inside === 'record') {
      if (inside === 'record') outline.firstRecord ??= outline.bytes.subarray(reader.pos, innerEnd)
      reader.pos = innerEnd
    } else readOutline(outline, innerEnd, inside)
  }
  if (reader.pos !== end) throw new Error('not an export request')
}

function isSpan(record: Uint8Array): boolean {
  const reader = new BinaryReader(record)
  try {
    while (reader.pos < reader.len) {
      const [no, wireType] = reader.tag()
      if (no === 1) return wireType === WireType.LengthDelimited
      reader.skip(wireType, no)
    }
  } catch {
    // What is broken inside of a record is told when it is read.
  }
  return false
}
