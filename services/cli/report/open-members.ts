import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { extract } from 'tar-stream'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { compressionOf, inflateFrames } from '../../platform/inflate-frames.ts'
import type { InputFile } from './input-files.ts'

/** A text in an input: the file itself, decompressed, or one member of an archive. */
export interface Member {
  /** Path inside the archive; '' for a file that is none. */
  name: string
  modifiedMs: number
  chunks: AsyncIterable<Buffer>
}

/** How many bytes of the file itself were read, for progress. */
export interface ReadCounter {
  readBytes: number
}

/** Forms that begin with these bytes and cannot be read, each with what to do about it. */
const unreadable: readonly { name: string; magic: string; remedy: string }[] = [
  { name: 'bzip2', magic: '425a68', remedy: 'decompress it with bunzip2 -c' },
  { name: 'xz', magic: 'fd377a585a00', remedy: 'decompress it with xz -dc' },
  { name: 'lz4', magic: '04224d18', remedy: 'decompress it with lz4 -dc' },
  { name: 'snappy', magic: 'ff060000734e61507059', remedy: 'decompress it with snzip -dc' },
  { name: '7z', magic: '377abcaf271c', remedy: 'unpack it' },
  { name: 'RAR', magic: '526172211a07', remedy: 'unpack it' },
  { name: 'Parquet', magic: '50415231', remedy: 'export it as JSON lines' },
  { name: 'ORC', magic: '4f5243', remedy: 'export it as JSON lines' },
  { name: 'Avro', magic: '4f626a01', remedy: 'export it as JSON lines' },
  { name: 'SQLite', magic: '53514c69746520666f726d6174203300', remedy: 'export it as JSON lines' },
  { name: 'PDF', magic: '255044462d', remedy: 'export it as JSON lines' },
]

const ZIP_MAGICS: ReadonlySet<string> = new Set(['504b0304', '504b0506'])
/** A tar header names its form at this place (POSIX.1-1988 and GNU). */
const TAR_MAGIC = { at: 257, text: 'ustar' }
const HEAD_BYTES = TAR_MAGIC.at + TAR_MAGIC.text.length
/** Compressions and archives inside each other. */
const MAX_NESTED = 4
const MAX_MEMBERS = 10_000
/** A file may come to a thousand times its size (deflate cannot do more at once), and small ones to a gigabyte. */
const MAX_RATIO = 1_000
const MIN_INFLATED_BYTES = 1024 ** 3

/**
 * Opens an input, whatever compressions and archives (tar, zip) stand around its texts, and gives these one after another; each must be
 * read before the next. Forms are told by their first bytes. Rejects, in one sentence that names the form, what cannot be read, and what
 * grows beyond any log (a bomb).
 */
export async function* openMembers(file: InputFile, standardInput: Readable, counter: ReadCounter): AsyncGenerator<Member> {
  const bounds = { inflatedBytes: 0, members: 0, counter, sizeBytes: file.sizeBytes }
  if (file.name !== '-' && (await isZip(file.name))) yield* zipMembers(file.name, bounds)
  else {
    const source = counted(file.name === '-' ? standardInput : createReadStream(file.name), counter)
    yield* opened({ name: '', modifiedMs: file.modifiedMs, chunks: source }, 0, bounds)
  }
}

interface Bounds {
  inflatedBytes: number
  members: number
  counter: ReadCounter
  sizeBytes: number | undefined
}

async function* opened(member: Member, depth: number, bounds: Bounds): AsyncGenerator<Member> {
  const { head, chunks } = await withHead(member.chunks)
  const compression = compressionOf(head)
  if (compression === undefined && !isTar(head)) {
    refuseByName(head, member.name)
    yield { ...member, chunks }
    return
  }
  if (depth >= MAX_NESTED) throw new Error(`more than ${MAX_NESTED} compressions and archives stand inside each other`)
  if (compression !== undefined)
    yield* opened({ ...member, chunks: bounded(inflateFrames(chunks, compression), bounds) }, depth + 1, bounds)
  else yield* tarMembers(member, chunks, depth + 1, bounds)
}

async function* tarMembers(archive: Member, chunks: AsyncIterable<Buffer>, depth: number, bounds: Bounds): AsyncGenerator<Member> {
  const unpacking = extract()
  const source = Readable.from(chunks)
  source.once('error', error => unpacking.destroy(error))
  source.pipe(unpacking)
  for await (const entry of unpacking) {
    const { name, type, mtime } = entry.header
    if ((type === 'file' || type === 'contiguous-file') && isLog(name)) {
      countMember(bounds)
      yield* opened(
        { name: inside(archive, name), modifiedMs: mtime?.getTime() ?? archive.modifiedMs, chunks: entry as AsyncIterable<Buffer> },
        depth,
        bounds,
      )
    }
    entry.resume()
  }
}

async function* zipMembers(path: string, bounds: Bounds): AsyncGenerator<Member> {
  const archive = await openPromise(path)
  for await (const entry of archive.eachEntry()) {
    if (entry.fileName.endsWith('/') || !isLog(entry.fileName)) continue
    countMember(bounds)
    const member = {
      name: entry.fileName,
      modifiedMs: entry.getLastModDate().getTime(),
      chunks: bounded(await entryChunks(archive, entry), bounds),
    }
    yield* opened(member, 1, bounds)
    bounds.counter.readBytes += entry.compressedSize
  }
}

async function entryChunks(archive: ZipFile, entry: Entry): Promise<AsyncIterable<Buffer>> {
  if (entry.isEncrypted()) throw new Error(`its member ${entry.fileName} is encrypted: unpack it`)
  if (!entry.canDecodeFileData())
    throw new Error(`its member ${entry.fileName} is packed with method ${entry.compressionMethod}: unpack it`)
  return archive.openReadStreamPromise(entry)
}

function countMember(bounds: Bounds): void {
  bounds.members += 1
  if (bounds.members > MAX_MEMBERS) throw new Error(`the archive has more than ${MAX_MEMBERS} members`)
}

/** Files that operating systems put beside others (AppleDouble) are no logs. */
function isLog(name: string): boolean {
  return !name.split('/').some(part => part.startsWith('.') || part === '__MACOSX')
}

function inside(archive: Member, name: string): string {
  return archive.name === '' ? name : `${archive.name}/${name}`
}

async function isZip(path: string): Promise<boolean> {
  for await (const chunk of createReadStream(path, { end: 3 })) return ZIP_MAGICS.has((chunk as Buffer).toString('hex'))
  return false
}

function isTar(head: Buffer): boolean {
  return head.toString('latin1', TAR_MAGIC.at, HEAD_BYTES) === TAR_MAGIC.text
}

function refuseByName(head: Buffer, name: string): void {
  const what = name === '' ? 'it' : `its member ${name}`
  const hex = head.toString('hex', 0, 16)
  if (ZIP_MAGICS.has(hex.slice(0, 8))) throw new Error(`${what} is a zip archive, which is read from a file of its own only: unpack it`)
  const form = unreadable.find(({ magic }) => hex.startsWith(magic))
  if (form !== undefined) throw new Error(`${what} is ${form.name}, which is not read: ${form.remedy}`)
}

/** The first bytes, as many as tell every form, and all chunks from the beginning. A pipe may hand its first bytes over one by one. */
async function withHead(source: AsyncIterable<Buffer>): Promise<{ head: Buffer; chunks: AsyncIterable<Buffer> }> {
  const input = source[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  while (head.length < HEAD_BYTES) {
    const next = await input.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      if (head.length > 0) yield head
      for (let next = await input.next(); !next.done; next = await input.next()) yield next.value
    } finally {
      await input.return?.()
    }
  }
  return { head, chunks: chunks() }
}

async function* counted(source: Readable, counter: ReadCounter): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    counter.readBytes += (chunk as Buffer).length
    yield chunk as Buffer
  }
}

/** Ends what grows beyond all measure. */
async function* bounded(source: AsyncIterable<Buffer>, bounds: Bounds): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    bounds.inflatedBytes += chunk.length
    const allowed = Math.max(MIN_INFLATED_BYTES, MAX_RATIO * (bounds.sizeBytes ?? bounds.counter.readBytes))
    if (bounds.inflatedBytes > allowed) throw new Error(`decompressed it has more than ${allowed} bytes, a thousand times its size`)
    yield chunk
  }
}
