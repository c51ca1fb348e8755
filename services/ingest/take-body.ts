import type { FastifyRequest } from 'fastify'
import type { NewRecord } from '../platform/event-log/port.ts'
import type { Lease } from './byte-budget.ts'
import { readBody } from './read-body.ts'
import type { RequestDeps } from './request-deps.ts'
import { identifySender, type Sender } from './senders.ts'

/** How a route takes its bodies. */
export interface BodyLimits {
  /** Bytes as sent, and after decompression. */
  maxBodyBytes: number
  maxInflatedBytes: number
  /** Decompresses a body whose compression is none of HTTP; `contentEncoding` of the request is then the route's own business. */
  uncompress?: (sent: Buffer, lease: Lease) => Promise<Buffer>
}

/** A body that was read, decompressed. */
export interface TakenBody {
  body: Buffer
  /** Appends to the event log (publish.ts); the body counts as held until the append ends. */
  publish(topic: string, records: readonly NewRecord[]): Promise<void>
}

/** Who sends, before anything of the body is read. Throws INGEST_UNAUTHENTICATED, INGEST_RATE_EXCEEDED. */
export function admitSender(request: FastifyRequest, deps: Pick<RequestDeps, 'tokens' | 'rateLimit'>): Sender {
  const sender = identifySender({ remoteAddress: request.socket.remoteAddress, headers: request.headers }, deps.tokens)
  deps.rateLimit.admit(sender.name)
  return sender
}

/**
 * Reads the body of a request within the sender's share of the budget, counts it against its rate and gives what `use` makes of it. Rejects
 * as readBody, as the lease does and as `use` does.
 */
export async function takeBody<Result>(
  request: FastifyRequest,
  sender: Sender,
  limits: BodyLimits,
  deps: Pick<RequestDeps, 'tokens' | 'rateLimit' | 'budget' | 'publisher'>,
  use: (taken: TakenBody) => Promise<Result>,
): Promise<Result> {
  // Without tokens there is one sender, which may hold all of the budget.
  const lease = deps.budget.lease(deps.tokens && sender.name)
  const { maxBodyBytes, maxInflatedBytes, uncompress } = limits
  let isHandedOver = false
  try {
    const sent = await readBody(request.raw, {
      contentEncoding: uncompress ? undefined : request.headers['content-encoding'],
      contentLength: request.headers['content-length'],
      maxBodyBytes,
      maxInflatedBytes: uncompress ? maxBodyBytes : maxInflatedBytes,
      lease,
    })
    const body = uncompress ? await uncompress(sent, lease) : sent
    deps.rateLimit.spend(sender.name, body.length)
    return await use({
      body,
      publish(topic, records) {
        isHandedOver = true
        return deps.publisher.publish(topic, records, lease.release)
      },
    })
  } finally {
    if (!isHandedOver) lease.release()
  }
}
