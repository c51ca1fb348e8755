import { type FileHandle, open } from 'node:fs/promises'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { HEAD_BYTES } from './positions.ts'

/** A file that is open: rename and removal do not take it away. */
export interface OpenLog extends AsyncDisposable {
  /** Whether nothing is added to it any more: it is compressed. */
  readonly isFinished: boolean
  /** Bytes of its text now. */
  size(): Promise<number>
  /** Its first bytes, at most HEAD_BYTES. */
  head(): Promise<Buffer>
  /** Its text from a position on, at most `most` bytes, up to the last end of a line; `isLast`: what has no end of a line too. */
  linesFrom(position: number, most: number, isLast: boolean): Promise<Buffer>
}

const NEWLINE = 0x0a

/** Opens a log file, plain, .gz or .zst. A compressed one is unpacked whole. Rejects with the file system's errors, and zlib's. */
export async function openLog(path: string): Promise<OpenLog> {
  const file = await open(path, 'r')
  try {
    return /\.(gz|zst)$/.test(path) ? await openPacked(file, path) : openPlain(file)
  } catch (error) {
    await file.close()
    throw error
  }
}

function openPlain(file: FileHandle): OpenLog {
  const bytesAt = async (position: number, most: number) => {
    const buffer = Buffer.allocUnsafe(most)
    const { bytesRead } = await file.read(buffer, 0, most, position)
    return buffer.subarray(0, bytesRead)
  }
  return {
    isFinished: false,
    size: async () => (await file.stat()).size,
    head: () => bytesAt(0, HEAD_BYTES),
    linesFrom: async (position, most, isLast) => wholeLines(await bytesAt(position, most), most, isLast),
    [Symbol.asyncDispose]: () => file.close(),
  }
}

async function openPacked(file: FileHandle, path: string): Promise<OpenLog> {
  const packed = await file.readFile()
  const text = path.endsWith('.gz') ? gunzipSync(packed) : zstdDecompressSync(packed)
  return {
    isFinished: true,
    size: async () => text.length,
    head: async () => text.subarray(0, HEAD_BYTES),
    linesFrom: async (position, most, isLast) => wholeLines(text.subarray(position, position + most), most, isLast),
    [Symbol.asyncDispose]: () => file.close(),
  }
}

/** Up to the last end of a line. A line longer than `most` is given in parts: ingest says that it is too long. */
function wholeLines(bytes: Buffer, most: number, isLast: boolean): Buffer {
  const end = bytes.lastIndexOf(NEWLINE) + 1
  return end > 0 ? bytes.subarray(0, end) : isLast || bytes.length === most ? bytes : bytes.subarray(0, 0)
}
