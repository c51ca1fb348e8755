import { Duplex, type Readable } from 'node:stream'
import { AppError } from '../platform/errors.ts'
import { type Compression, compressionOf, inflateFrames } from '../platform/inflate-frames.ts'
import type { Lease } from './byte-budget.ts'

/** How a body is read. `contentEncoding` is the header as sent; `lease` is charged with every byte that is held. */
export interface ReadBodyOptions {
  contentEncoding: string | undefined
  contentLength?: string | undefined
  maxBodyBytes: number
  maxInflatedBytes: number
  lease: Pick<Lease, 'add'>
}

/**
 * Reads and decompresses a body. Nothing beyond a limit is ever held: a bomb is stopped at the limit. The source is left open, with the
 * rest of it discarded, so that the sender can read the answer.
 * Rejects with INGEST_ENCODING_UNSUPPORTED, INGEST_BODY_TOO_LARGE, INGEST_BODY_INVALID (cut, corrupt, or not in the encoding it claims)
 * or what the lease throws.
 */
export async function readBody(source: Readable, options: ReadBodyOptions): Promise<Buffer> {
  const tooLarge = new AppError(
    'INGEST_BODY_TOO_LARGE',
    `the body is larger than ${options.maxBodyBytes} bytes as sent or ${options.maxInflatedBytes} bytes decompressed: send it in parts`,
  )
  const inflater = inflaterFor(options.contentEncoding)
  try {
    if (Number(options.contentLength ?? 0) > options.maxBodyBytes) throw tooLarge
    const body = await collect(source, inflater, options, tooLarge)
    if (inflater === undefined) refuseUndeclaredCompression(body)
    return body
  } finally {
    inflater?.destroy()
    source.resume()
  }
}

function collect(source: Readable, inflater: Duplex | undefined, options: ReadBodyOptions, tooLarge: AppError): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const chunks: Buffer[] = []
  let sentBytes = 0
  let heldBytes = 0
  const fail = (error: unknown) => {
    if (inflater) source.unpipe(inflater)
    chunks.length = 0
    source.off('data', count)
    last.off('data', take)
    reject(error)
  }
  const count = (chunk: Buffer) => {
    sentBytes += chunk.length
    if (sentBytes > options.maxBodyBytes) fail(tooLarge)
  }
  const take = (chunk: Buffer) => {
    heldBytes += chunk.length
    if (heldBytes > options.maxInflatedBytes) return fail(tooLarge)
    try {
      options.lease.add(chunk.length)
    } catch (error) {
      return fail(error)
    }
    chunks.push(chunk)
  }
  const last = inflater ?? source
  source.on('data', count)
  source.once('error', error => fail(new AppError('INGEST_BODY_INVALID', 'the body ended before it was complete', { cause: error })))
  source.once('close', () => {
    if (!source.readableEnded) fail(new AppError('INGEST_BODY_INVALID', 'the body ended before it was complete'))
  })
  last.on('data', take)
  last.once('end', () => resolve(Buffer.concat(chunks)))
  inflater?.once('error', error =>
    fail(
      new AppError(
        'INGEST_BODY_INVALID',
        `the body is not whole, valid ${options.contentEncoding}, which its Content-Encoding says: ${error.message}`,
        {
          cause: error,
        },
      ),
    ),
  )
  if (inflater) source.pipe(inflater)
  return promise
}

/** RFC 9659: content encoded with zstd needs a window of at most 8 MB; more would be memory that a sender decides on. */
const ZSTD_WINDOW_LOG = 23
/** A sender that compresses every flush by itself has some dozens in a body. */
const MAX_FRAMES = 1024

function inflaterFor(contentEncoding: string | undefined): Duplex | undefined {
  switch ((contentEncoding ?? 'identity').trim().toLowerCase()) {
    case '':
    case 'identity':
      return undefined
    case 'gzip':
    case 'x-gzip':
      return framesOf('gzip')
    case 'zstd':
      return framesOf('zstd')
    default:
      throw new AppError('INGEST_ENCODING_UNSUPPORTED', `Content-Encoding "${contentEncoding}" is not supported: use gzip, zstd or none`)
  }
}

function framesOf(compression: Compression): Duplex {
  return Duplex.from((source: AsyncIterable<Buffer>) =>
    inflateFrames(source, compression, { zstdWindowLog: ZSTD_WINDOW_LOG, maxFrames: MAX_FRAMES }),
  )
}

function refuseUndeclaredCompression(body: Buffer): void {
  const name = compressionOf(body)
  if (name) throw new AppError('INGEST_BODY_INVALID', `the body is compressed with ${name}, but has no "Content-Encoding: ${name}"`)
}
