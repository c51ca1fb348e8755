import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib'
import { AppError, messageOf } from '../../platform/errors.ts'

/** One input: a path, or `-` for standard input. */
export interface InputFile {
  name: string
  /** Bytes on disk; undefined for standard input. */
  sizeBytes: number | undefined
  /** When it was last written, ms; for standard input the time of reading. It dates expositions, which carry no time of their own. */
  modifiedMs: number
}

/** A piece of a file that ends at the end of a line, or the whole of a file that is one JSON value. */
export interface FilePiece {
  bytes: Uint8Array
  /** Compressed bytes of the file that were read so far, for progress. */
  readBytes: number
  kind: 'access-log' | 'exposition'
  /** First line of the piece in the file, from 1. */
  firstLineNo: number
}

/** A piece is cut at the first line end after so many bytes. */
const PIECE_BYTES = 1024 * 1024
/** A file without a line end that is one JSON value is read whole up to this size. */
const WHOLE_BYTES = 256 * 1024 * 1024
const NEWLINE = 0x0a
/** Bytes that tell gzip (RFC 1952: 1f 8b) and zstd (RFC 8878: fd2fb528, little-endian) from text. */
const MAGIC_BYTES = 4

/**
 * Looks at the inputs before anything is read. A folder stands for the files in it and in its folders; a file named twice is read once.
 * REPORT_FILE_UNREADABLE names the file and what is wrong with it.
 */
export async function statInputs(names: readonly string[], nowMs: number): Promise<InputFile[]> {
  const found = new Map<string, InputFile>()
  for (const name of names) {
    try {
      for (const file of await inputsAt(name, nowMs)) found.set(file.name, file)
    } catch (error) {
      throw new AppError('REPORT_FILE_UNREADABLE', `${name}: ${messageOf(error)}`, { cause: error })
    }
  }
  return [...found.values()]
}

async function inputsAt(name: string, nowMs: number): Promise<InputFile[]> {
  if (name === '-') return [{ name, sizeBytes: undefined, modifiedMs: nowMs }]
  const facts = await stat(name)
  if (!facts.isDirectory()) return [{ name, sizeBytes: facts.size, modifiedMs: Math.min(facts.mtimeMs, nowMs) }]
  const inner = (await readdir(name)).filter(entry => !entry.startsWith('.')).sort()
  return (await Promise.all(inner.map(entry => inputsAt(join(name, entry), nowMs)))).flat()
}

/**
 * Reads a file piece by piece; `.gz` and `.zst` content is recognised by its first bytes and inflated.
 * REPORT_FILE_UNREADABLE when it breaks off.
 */
export async function* readPieces(file: InputFile, standardInput: Readable): AsyncGenerator<FilePiece> {
  const raw: Readable = file.name === '-' ? standardInput : createReadStream(file.name, { highWaterMark: 256 * 1024 })
  const counter = { readBytes: 0 }
  try {
    yield* cutAtLines(inflated(counted(raw, counter)), counter)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('REPORT_FILE_UNREADABLE', `${file.name}: ${messageOf(error)} (after ${counter.readBytes} bytes)`, { cause: error })
  }
}

async function* counted(source: AsyncIterable<Buffer>, counter: { readBytes: number }): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    counter.readBytes += chunk.length
    yield chunk
  }
}

async function* inflated(source: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  // A pipe may hand over its first bytes one by one.
  while (head.length < MAGIC_BYTES) {
    const next = await source.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  if (head.length === 0) return
  const decompressor = decompressorFor(head)
  const whole = async function* () {
    yield head
    yield* source
  }
  if (decompressor === undefined) {
    yield* whole()
    return
  }
  const { pipeline } = await import('node:stream/promises')
  const feeding = pipeline(whole, decompressor)
  feeding.catch(() => undefined)
  for await (const chunk of decompressor) yield chunk as Buffer
  await feeding
}

function decompressorFor(head: Buffer): Gunzip | ZstdDecompress | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return createGunzip()
  return head.length >= MAGIC_BYTES && head.readUInt32LE(0) === 0xfd2fb528 ? createZstdDecompress() : undefined
}

async function* cutAtLines(source: AsyncIterable<Buffer>, counter: { readBytes: number }): AsyncGenerator<FilePiece> {
  let held: Buffer[] = []
  let heldBytes = 0
  let shape: { kind: FilePiece['kind']; isWhole: boolean } | undefined
  let lineNo = 1
  const piece = (bytes: Buffer): FilePiece => {
    const made: FilePiece = { bytes, readBytes: counter.readBytes, kind: shape?.kind ?? 'access-log', firstLineNo: lineNo }
    lineNo += countNewlines(bytes)
    return made
  }
  for await (const chunk of source) {
    held.push(chunk)
    heldBytes += chunk.length
    if (shape === undefined && (heldBytes >= PIECE_BYTES / 4 || chunk.includes(NEWLINE))) shape = shapeOf(Buffer.concat(held))
    if (heldBytes < PIECE_BYTES) continue
    const isWhole = shape?.isWhole || shape?.kind === 'exposition'
    if (isWhole && heldBytes <= WHOLE_BYTES) continue
    if (isWhole)
      throw new AppError(
        'REPORT_FILE_UNREADABLE',
        `one JSON value of more than ${WHOLE_BYTES} bytes: write it as one object per line (for example with jq -c .[])`,
      )
    const all = Buffer.concat(held)
    const end = all.lastIndexOf(NEWLINE) + 1
    if (end === 0) continue
    held = [all.subarray(end)]
    heldBytes = all.length - end
    yield piece(all.subarray(0, end))
  }
  const rest = Buffer.concat(held)
  shape ??= shapeOf(rest)
  if (rest.length > 0) yield piece(rest)
}

/**
 * What the beginning of a file looks like: expositions start with a comment or a series name, a value over several
 * lines does not parse line by line.
 */
function shapeOf(beginning: Buffer): { kind: FilePiece['kind']; isWhole: boolean } {
  const text = beginning
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
  if (text.startsWith('#') || /^[a-zA-Z_:][\w:]*(\{[^\n]*\})?[ \t]+[-+.\dNI]/.test(text)) return { kind: 'exposition', isWhole: true }
  if (text.startsWith('[')) return { kind: 'access-log', isWhole: true }
  const firstLine = text.split('\n', 1)[0] ?? ''
  return { kind: 'access-log', isWhole: firstLine.trim() === '{' }
}

function countNewlines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++
  return count
}
