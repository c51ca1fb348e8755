import { constants, createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib'

/** Compressions that are read. */
export type Compression = 'gzip' | 'zstd'

type Frame = Gunzip | ZstdDecompress

const ZSTD_FRAME = 0xfd2fb528
/** Frames of any content that decompressors pass over: 0x184d2a50 to 0x184d2a5f (RFC 8878, 3.1.2). */
const ZSTD_SKIPPABLE = 0x184d2a5
const MAGIC_BYTES = 4

/** The compression that the first bytes tell (RFC 1952, RFC 8878); undefined: none, or fewer than four bytes. */
export function compressionOf(head: Uint8Array): Compression | undefined {
  if (head.length < MAGIC_BYTES) return undefined
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  const magic = Buffer.from(head.buffer, head.byteOffset, head.byteLength).readUInt32LE(0)
  return magic === ZSTD_FRAME || magic >>> 4 === ZSTD_SKIPPABLE ? 'zstd' : undefined
}

/** What a sender may ask for. */
export interface InflateOptions {
  /** Largest zstd window accepted, as its binary logarithm. Default: zstd's own limit. */
  zstdWindowLog?: number
  /** Most zstd frames: each takes a decompressor of its own, and an empty one has 9 bytes. Default: any number. */
  maxFrames?: number
}

/**
 * Decompresses all that stands one after another in a source: the members of a gzip file, the frames of a zstd file (node's own streams
 * end after the first of these). Zeros after a gzip member are padding. Rejects, after what could be read, when the last one is cut off
 * or something else follows it. Holds one chunk at a time.
 */
export async function* inflateFrames(
  source: AsyncIterable<Buffer>,
  compression: Compression,
  options: InflateOptions = {},
): AsyncGenerator<Buffer> {
  const input = source[Symbol.asyncIterator]()
  try {
    let frames = 0
    for (let rest = await next(input); rest !== undefined; ) {
      if (++frames > (options.maxFrames ?? Number.POSITIVE_INFINITY)) throw new Error(`it has more than ${options.maxFrames} frames`)
      const frame = openFrame(compression, options)
      const feeding = feed(frame, rest, input)
      // Its fault, if it has one, is met below; until then the frame may fail first.
      feeding.catch(() => undefined)
      for await (const chunk of frame) yield chunk as Buffer
      rest = await afterPadding(await feeding, input, compression)
    }
  } finally {
    await input.return?.()
  }
}

function openFrame(compression: Compression, { zstdWindowLog }: InflateOptions): Frame {
  if (compression === 'gzip') return createGunzip()
  return createZstdDecompress(zstdWindowLog === undefined ? {} : { params: { [constants.ZSTD_d_windowLogMax]: zstdWindowLog } })
}

/**
 * Writes chunks until the frame is over, and gives what follows it in the last one; undefined: nothing follows. A frame is over when it
 * leaves bytes untaken; one that ends with its chunk may go on with the next frame, or end with the input.
 */
async function feed(frame: Frame, first: Buffer, input: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  let fedBytes = 0
  for (let chunk: Buffer | undefined = first; chunk !== undefined; chunk = await next(input)) {
    fedBytes += chunk.length
    await new Promise<void>(resolve => frame.write(chunk, () => resolve()))
    const leftBytes = fedBytes - frame.bytesWritten
    if (leftBytes > 0) return chunk.subarray(chunk.length - leftBytes)
    if (frame.destroyed) return undefined
  }
  frame.end()
  return undefined
}

async function afterPadding(rest: Buffer | undefined, input: AsyncIterator<Buffer>, compression: Compression): Promise<Buffer | undefined> {
  let from = rest
  while (compression === 'gzip' && from !== undefined && from.every(byte => byte === 0)) from = await next(input)
  return from
}

async function next(input: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  for (;;) {
    const { done, value } = await input.next()
    if (done) return undefined
    if (value.length > 0) return value
  }
}
