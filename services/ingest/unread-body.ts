import type { FastifyInstance } from 'fastify'
import { SECOND } from '../platform/clock.ts'

/**
 * What is still taken of a body that was answered before it was read, so that a sender that writes first and reads then gets to read the
 * answer.
 */
const MAX_UNREAD_BYTES = 1024 * 1024
const MAX_UNREAD_MS = 2 * SECOND

/**
 * Closes the connection of a request whose answer did not need its body, such as a 401, once some of the rest has come. The server itself
 * would take all of it, from anyone and of any length, to keep the connection.
 */
export function closeConnectionsOfUnreadBodies(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => {
    // Nothing tells that a body has ended but its having been read to the end; one that comes in pieces has no length.
    const isExpected =
      Number(request.headers['content-length'] ?? 0) > MAX_UNREAD_BYTES || request.headers['transfer-encoding'] !== undefined
    if (isExpected && !request.raw.readableEnded) reply.header('connection', 'close')
  })
  app.addHook('onResponse', async request => {
    const { raw } = request
    if (raw.readableEnded || raw.destroyed) return
    const close = () => raw.destroy()
    const timer = setTimeout(close, MAX_UNREAD_MS).unref()
    let unreadBytes = 0
    raw.on('data', (chunk: Buffer) => {
      unreadBytes += chunk.length
      if (unreadBytes > MAX_UNREAD_BYTES) close()
    })
    raw.once('end', () => clearTimeout(timer))
    raw.once('close', () => clearTimeout(timer))
    raw.resume()
  })
}
