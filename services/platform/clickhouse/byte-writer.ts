/**
 * Bytes that grow as they are written. `at`: where the next one goes. Numbers are little-endian, as ClickHouse's Native format has them.
 */
export interface ByteWriter {
  bytes: Buffer
  view: DataView
  at: number
}

/**
 * Longer texts are written by Node itself; for shorter ones the call costs more than a loop. Below 128, so that the length takes one byte.
 */
const SHORT_TEXT = 40
const MAX_VARINT_BYTES = 5

/** Builds a writer with room for `sizeBytes`. */
export function buildByteWriter(sizeBytes: number): ByteWriter {
  const bytes = Buffer.allocUnsafeSlow(sizeBytes)
  return { bytes, view: new DataView(bytes.buffer), at: 0 }
}

/** What was written, as a view. */
export function writtenBytes(writer: ByteWriter): Buffer {
  return writer.bytes.subarray(0, writer.at)
}

/** Makes sure that `count` more bytes have room, and gives where they start. The caller moves `at`. */
export function reserve(writer: ByteWriter, count: number): number {
  const needed = writer.at + count
  if (needed > writer.bytes.length) {
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * writer.bytes.length))
    writer.bytes.copy(grown, 0, 0, writer.at)
    writer.bytes = grown
    writer.view = new DataView(grown.buffer)
  }
  return writer.at
}

/** Writes an unsigned integer below 2^31, seven bits a byte, lowest first. */
export function writeVarint(writer: ByteWriter, value: number): void {
  let at = reserve(writer, MAX_VARINT_BYTES)
  let rest = value
  while (rest > 0x7f) {
    writer.bytes[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  writer.bytes[at++] = rest
  writer.at = at
}

/** Writes a whole number from 0 to 2^53-1 as 64 bits. */
export function writeUint64(writer: ByteWriter, value: number): void {
  const at = reserve(writer, 8)
  writer.view.setUint32(at, value % 0x1_0000_0000, true)
  writer.view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true)
  writer.at = at + 8
}

/** Writes a text with its length before it. False, with nothing written: it holds half a surrogate pair, which UTF-8 has no bytes for. */
export function writeText(writer: ByteWriter, text: string): boolean {
  if (text.length < SHORT_TEXT && writeShortAscii(writer, text)) return true
  const byteLength = Buffer.byteLength(text)
  const isAscii = byteLength === text.length
  if (!isAscii && !text.isWellFormed()) return false
  writeVarint(writer, byteLength)
  const at = reserve(writer, byteLength)
  writer.bytes.write(text, at, byteLength, isAscii ? 'latin1' : 'utf8')
  writer.at = at + byteLength
  return true
}

function writeShortAscii(writer: ByteWriter, text: string): boolean {
  const start = reserve(writer, 1 + SHORT_TEXT)
  const { bytes } = writer
  const { length } = text
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index)
    if (unit > 0x7f) return false
    bytes[start + 1 + index] = unit
  }
  bytes[start] = length
  writer.at = start + 1 + length
  return true
}
