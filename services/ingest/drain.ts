import type { FastifyInstance } from 'fastify'
import { SECOND } from '../platform/clock.ts'

/** How long requests under way may take once the service is closing. Their senders get no 202 after that, so they will send again. */
const DRAIN_MS = 10 * SECOND

/**
 * Closes every connection as soon as no request is under way, once `app` is closing. Without this a kept-alive connection whose request was
 * answered before its body had arrived does not count as idle and would hold the process for more than a minute.
 */
export function closeConnectionsWhenDrained(app: FastifyInstance): void {
  let underWay = 0
  let isClosing = false
  app.addHook('onRequest', async (_request, reply) => {
    underWay++
    // Unlike the framework's own hook this also comes when the sender has gone away.
    reply.raw.once('close', () => {
      underWay--
      if (isClosing && underWay === 0) app.server.closeAllConnections()
    })
  })
  app.addHook('preClose', async () => {
    isClosing = true
    if (underWay === 0) app.server.closeAllConnections()
    setTimeout(() => app.server.closeAllConnections(), DRAIN_MS).unref()
  })
}
