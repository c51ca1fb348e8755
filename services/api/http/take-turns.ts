import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { HolderOf } from './readers.ts'
import type { RequestQueue } from './request-queue.ts'

/** Routes that read nothing, or what a probe must always get; every other waits in the line of its token. */
export const FREE_ROUTES: readonly string[] = [
  ...['/', '/openapi.json', '/healthz', '/readyz', '/metrics'],
  ...['/console', '/console/*', '/v1/session'],
]
/** Answers that last as long as somebody listens: they would hold a place for ever, and are counted by themselves. */
export const LASTING_ROUTES: readonly string[] = ['/v1/stream']

/** Makes every request wait for its turn but those of free routes, of unknown paths, and of nobody who is known. */
export function registerTurns(app: FastifyInstance, deps: { queue: RequestQueue; holderOf: HolderOf }): void {
  const turns = new WeakMap<FastifyRequest, () => void>()
  app.addHook('onRequest', async (request, reply) => {
    const path = request.routeOptions.url
    const isFree = path === undefined || FREE_ROUTES.includes(path) || LASTING_ROUTES.includes(path)
    const holder = isFree ? undefined : deps.holderOf(request.headers.authorization)
    if (holder === undefined) return
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    const leave = await deps.queue.enter(holder, gone.signal)
    turns.set(request, leave)
    // The client may go before there is an answer, or while it is streamed.
    reply.raw.once('close', leave)
    if (gone.signal.aborted) leave()
  })
  app.addHook('onResponse', (request, _reply, done) => {
    turns.get(request)?.()
    done()
  })
}
