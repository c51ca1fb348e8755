/**
 * Columns of ClickHouse's Native format (clickhouse.com/docs/interfaces/formats/Native; SerializationLowCardinality.cpp and
 * SerializationNullable.cpp of ClickHouse), for the types that large tables have. A value that is not plainly one of the type is not
 * written: the server then reads the rows as JSON and says what it makes of it.
 */
import { type ByteWriter, reserve, writeText, writeUint64 } from './byte-writer.ts'

/** Rows as arrays of cells. */
export type NativeRows = readonly (readonly unknown[])[]

/** Writes cell `index` of all rows; false: some value is not plainly one of the type. null and undefined stand for the type's default. */
export type ColumnEncoder = (writer: ByteWriter, rows: NativeRows, index: number) => boolean

/** Where the last whole year ends that DateTime64 can hold (clickhouse.com/docs/sql-reference/data-types/datetime64), ms. */
const LAST_MS = Date.UTC(2262, 0, 1)

/** By type, for types without Nullable around them. */
const plain: Readonly<Record<string, ColumnEncoder>> = {
  String: texts,
  'LowCardinality(String)': sharedTexts,
  Bool: flags,
  UInt8: integers(1, 0xff, (view, at, value) => view.setUint8(at, value)),
  UInt16: integers(2, 0xffff, (view, at, value) => view.setUint16(at, value, true)),
  UInt32: uint32s(),
  UInt64: uint64s(value => Number.isSafeInteger(value) && value >= 0),
  Float64: floats,
  // Seconds since 1970.
  "DateTime('UTC')": uint32s(),
  "DateTime64(3, 'UTC')": uint64s(isPlainTime),
  'Decimal(38, 18)': decimals,
}
const encoders = new Map(
  Object.entries(plain).flatMap(([type, encode]) => [[type, encode] as const, [`Nullable(${type})`, nullable(encode)] as const]),
)

/** The encoder of a type; undefined: none, the table's rows go as JSON. */
export function columnEncoderOf(type: string): ColumnEncoder | undefined {
  return encoders.get(type)
}

function isMissing(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

function nullable(encode: ColumnEncoder): ColumnEncoder {
  return (writer, rows, index) => {
    const start = reserve(writer, rows.length)
    for (let row = 0; row < rows.length; row++) writer.bytes[start + row] = isMissing(rows[row]?.[index]) ? 1 : 0
    writer.at = start + rows.length
    return encode(writer, rows, index)
  }
}

function texts(writer: ByteWriter, rows: NativeRows, index: number): boolean {
  for (const row of rows) {
    const value = row[index] ?? ''
    if (typeof value !== 'string' || !writeText(writer, value)) return false
  }
  return true
}

/** Each row's number among the distinct texts of a column, and these. */
interface Dictionary {
  numbers: Uint32Array
  keys: Map<string, number>
}

/** Serialization version 1 with the keys of this block alone (bit 9) as the dictionary (bit 10). */
const LOW_CARDINALITY_VERSION = 1
const OWN_KEYS = 0x600

function sharedTexts(writer: ByteWriter, rows: NativeRows, index: number): boolean {
  const dictionary = dictionaryOf(rows, index)
  if (dictionary === undefined) return false
  const { numbers, keys } = dictionary
  const width = keys.size <= 0x100 ? 0 : keys.size <= 0x1_0000 ? 1 : 2
  writeUint64(writer, LOW_CARDINALITY_VERSION)
  writeUint64(writer, OWN_KEYS + width)
  writeUint64(writer, keys.size)
  for (const key of keys.keys()) if (!writeText(writer, key)) return false
  writeUint64(writer, rows.length)
  let at = reserve(writer, rows.length << width)
  const { bytes, view } = writer
  for (const number of numbers) {
    if (width === 0) bytes[at] = number
    else if (width === 1) view.setUint16(at, number, true)
    else view.setUint32(at, number, true)
    at += 1 << width
  }
  writer.at = at
  return true
}

function dictionaryOf(rows: NativeRows, index: number): Dictionary | undefined {
  const numbers = new Uint32Array(rows.length)
  const keys = new Map<string, number>()
  let last: unknown
  let lastNumber = -1
  for (let row = 0; row < rows.length; row++) {
    const value = rows[row]?.[index] ?? ''
    // Rows of one sender stand together and say the same in most columns.
    if (value !== last || lastNumber < 0) {
      if (typeof value !== 'string') return undefined
      last = value
      const known = keys.get(value)
      lastNumber = known ?? keys.size
      if (known === undefined) keys.set(value, lastNumber)
    }
    numbers[row] = lastNumber
  }
  return { numbers, keys }
}

function flags(writer: ByteWriter, rows: NativeRows, index: number): boolean {
  let at = reserve(writer, rows.length)
  for (const row of rows) {
    const value = row[index] ?? false
    if (typeof value !== 'boolean') return false
    writer.bytes[at++] = value ? 1 : 0
  }
  writer.at = at
  return true
}

function integers(sizeBytes: number, max: number, write: (view: DataView, at: number, value: number) => void): ColumnEncoder {
  return (writer, rows, index) => {
    let at = reserve(writer, sizeBytes * rows.length)
    const { view } = writer
    for (const row of rows) {
      const value = row[index] ?? 0
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) return false
      write(view, at, value)
      at += sizeBytes
    }
    writer.at = at
    return true
  }
}

function uint32s(): ColumnEncoder {
  return integers(4, 0xffff_ffff, (view, at, value) => view.setUint32(at, value, true))
}

function uint64s(isPlain: (value: number) => boolean): ColumnEncoder {
  return (writer, rows, index) => {
    reserve(writer, 8 * rows.length)
    for (const row of rows) {
      const value = row[index] ?? 0
      if (typeof value !== 'number' || !isPlain(value)) return false
      writeUint64(writer, value)
    }
    return true
  }
}

/**
 * Milliseconds since 1970: as JSON numbers of fewer digits are seconds to ClickHouse, and later ones are beyond the type, only times of the
 * years 1970 (May) to 2262 are plain, and 0.
 */
function isPlainTime(ms: number): boolean {
  return ms === 0 || (Number.isInteger(ms) && ms >= 10_000_000_000 && ms <= LAST_MS)
}

function floats(writer: ByteWriter, rows: NativeRows, index: number): boolean {
  let at = reserve(writer, 8 * rows.length)
  const { view } = writer
  for (const row of rows) {
    const value = row[index] ?? 0
    if (typeof value !== 'number' || !Number.isFinite(value)) return false
    view.setFloat64(at, value, true)
    at += 8
  }
  writer.at = at
  return true
}

const DECIMAL_TEXT = /^(\d{1,20})(?:\.(\d{1,18}))?$/
const LOW_64_BITS = (1n << 64n) - 1n

/** Amounts as decimal text, as 128-bit integers of 10^-18. */
function decimals(writer: ByteWriter, rows: NativeRows, index: number): boolean {
  let at = reserve(writer, 16 * rows.length)
  const { view } = writer
  for (const row of rows) {
    const value = row[index] ?? '0'
    if (typeof value !== 'string') return false
    const digits = DECIMAL_TEXT.exec(value)
    if (digits === null) return false
    const units = BigInt(`${digits[1]}${(digits[2] ?? '').padEnd(18, '0')}`)
    view.setBigUint64(at, units & LOW_64_BITS, true)
    view.setBigUint64(at + 8, units >> 64n, true)
    at += 16
  }
  writer.at = at
  return true
}
