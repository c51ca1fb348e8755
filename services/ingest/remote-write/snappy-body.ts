import { uncompress } from 'snappy'
import { AppError } from '../../platform/errors.ts'

/** A varint of 32 bits takes at most five bytes. */
const MAX_LENGTH_BYTES = 5

/**
 * Decompresses a body in snappy's block format. Its first bytes tell its size, which is looked at before a byte is set aside for it.
 * Rejects with INGEST_BODY_TOO_LARGE, INGEST_BODY_INVALID, or what `lease` throws, which is charged with the size.
 */
export async function uncompressed(body: Buffer, maxBytes: number, lease: { add(bytes: number): void }): Promise<Buffer> {
  const sizeBytes = sizeOf(body)
  if (sizeBytes === undefined) throw new AppError('INGEST_BODY_INVALID', 'the body is not compressed with snappy (block format)')
  if (sizeBytes > maxBytes)
    throw new AppError('INGEST_BODY_TOO_LARGE', `the body has ${sizeBytes} bytes decompressed, at most ${maxBytes} are accepted`)
  lease.add(sizeBytes)
  try {
    return (await uncompress(body, { asBuffer: true })) as Buffer
  } catch (error) {
    throw new AppError('INGEST_BODY_INVALID', 'the body is not whole, valid snappy (block format)', { cause: error })
  }
}

function sizeOf(body: Buffer): number | undefined {
  let size = 0
  for (const [index, byte] of body.subarray(0, MAX_LENGTH_BYTES).entries()) {
    size += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return size
  }
  return undefined
}
