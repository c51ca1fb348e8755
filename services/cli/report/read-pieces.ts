import type { Readable } from 'node:stream'
import { AppError, messageOf } from '../../platform/errors.ts'
import { CSV_MEDIA_TYPE } from '../../worker/decode/split-csv.ts'
import type { InputFile } from './input-files.ts'
import { type Member, openMembers } from './open-members.ts'
import { type Shape, shapeOf } from './text-shape.ts'

/** A piece of an input that ends at the end of a line, or the whole of a text that is one value. */
export interface FilePiece {
  bytes: Uint8Array
  /** Bytes of the file itself that were read so far, for progress. */
  readBytes: number
  kind: 'access-log' | 'exposition'
  contentType: string | undefined
  /**
   * Number, from 1, of the line of the text on which the piece begins. A header line that was put before it counts: it is 0 for the line
   * before the first.
   */
  firstLineNo: number
  /** The file, with the path inside it when it is an archive. */
  name: string
  modifiedMs: number
}

/** A piece is cut at the first line end after so many bytes. */
const PIECE_BYTES = 1024 * 1024
/** A text that is one value, or one line, is read up to this size. */
const WHOLE_BYTES = 256 * 1024 * 1024
const NEWLINE = 0x0a
const QUOTE = 0x22

/**
 * Reads an input piece by piece, whatever compressions and archives stand around it. REPORT_FILE_UNREADABLE when it breaks off or is of
 * no form that is read.
 */
export async function* readPieces(file: InputFile, standardInput: Readable): AsyncGenerator<FilePiece> {
  const counter = { readBytes: 0 }
  let inner = ''
  try {
    for await (const member of openMembers(file, standardInput, counter)) {
      inner = member.name
      for await (const piece of cutAtLines(member, file)) yield { ...piece, readBytes: counter.readBytes }
    }
  } catch (error) {
    const where = `${nameOf(file, inner)}: ${messageOf(error)} (after ${counter.readBytes} bytes)`
    throw new AppError('REPORT_FILE_UNREADABLE', where, { cause: error })
  }
}

function nameOf(file: InputFile, member: string): string {
  return member === '' ? file.name : `${file.name}: ${member}`
}

type CutPiece = Omit<FilePiece, 'readBytes'>

async function* cutAtLines(member: Member, file: InputFile): AsyncGenerator<CutPiece> {
  let held: Buffer[] = []
  let heldBytes = 0
  let shape: Shape | undefined
  let nextLineNo = 1
  let header: Buffer | undefined
  const piece = (bytes: Buffer): CutPiece => {
    const { kind = 'access-log', isCsv = false } = shape ?? {}
    const firstLineNo = header === undefined ? nextLineNo : nextLineNo - 1
    nextLineNo += countBytes(bytes, NEWLINE)
    const whole = header === undefined ? bytes : Buffer.concat([header, bytes])
    if (isCsv) header ??= bytes.subarray(0, bytes.indexOf(NEWLINE) + 1)
    const contentType = isCsv ? CSV_MEDIA_TYPE : undefined
    return { bytes: whole, kind, contentType, firstLineNo, name: nameOf(file, member.name), modifiedMs: member.modifiedMs }
  }
  for await (const chunk of member.chunks) {
    held.push(chunk)
    heldBytes += chunk.length
    if (shape === undefined && (heldBytes >= PIECE_BYTES / 4 || chunk.includes(NEWLINE))) shape = shapeOf(Buffer.concat(held))
    if (heldBytes < PIECE_BYTES) continue
    if (heldBytes > WHOLE_BYTES) throw new Error(tooLargeText(shape))
    if (shape?.isWhole || !chunk.includes(NEWLINE)) continue
    const all = Buffer.concat(held)
    const end = shape?.isCsv ? endOfRecords(all) : all.lastIndexOf(NEWLINE) + 1
    held = [all.subarray(end)]
    heldBytes = all.length - end
    if (end > 0) yield piece(all.subarray(0, end))
  }
  const rest = Buffer.concat(held)
  shape ??= shapeOf(rest)
  if (rest.length > 0) yield piece(rest)
}

function tooLargeText(shape: Shape | undefined): string {
  const what = shape?.isWhole ? 'one value' : 'one line'
  return `${what} of more than ${WHOLE_BYTES} bytes: write it as one object per line (for example with jq -c .[])`
}

/** Where the last whole record of a CSV text ends: a line end outside of quotes. */
function endOfRecords(bytes: Buffer): number {
  let end = bytes.lastIndexOf(NEWLINE) + 1
  const quotes = countBytes(bytes.subarray(0, end), QUOTE)
  for (let odd = quotes % 2 === 1; odd && end > 0; ) {
    const before = end === 1 ? -1 : bytes.lastIndexOf(NEWLINE, end - 2)
    odd = (countBytes(bytes.subarray(before + 1, end), QUOTE) % 2 === 1) !== odd
    end = before + 1
  }
  return end
}

function countBytes(bytes: Buffer, byte: number): number {
  let count = 0
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) count++
  return count
}
