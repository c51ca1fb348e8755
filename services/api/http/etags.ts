import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

/**
 * Answers of GET under /v1 get an ETag, and 304 without a body where the asker has that very answer already. It is a hash of the bytes that
 * this reader gets, made after they are: it saves sending, and tells nobody of what others are answered. Caches on the way keep nothing.
 */
export function registerEtags(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const isAnswer = request.method === 'GET' && reply.statusCode === 200 && request.routeOptions.url?.startsWith('/v1/') === true
    if (!isAnswer || typeof payload !== 'string' || reply.getHeader('cache-control') !== undefined) return payload
    const etag = `"${createHash('sha256').update(payload).digest('base64url')}"`
    reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'authorization, cookie' })
    const known = (request.headers['if-none-match'] ?? '').split(',').map(one => one.trim().replace(/^W\//, ''))
    if (!known.includes(etag)) return payload
    reply.code(304)
    return ''
  })
}
