import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../../platform/errors.ts'

const READING: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

/**
 * Refuses writes that a page of another site has a browser send. Programs say nothing of where a request comes from and are let through:
 * they hold a token, or run on this machine.
 */
export function registerOwnSite(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (READING.includes(request.method) || isOwnSite(request)) return done()
    done(new AppError('API_FORBIDDEN', 'this was sent by a page of another site: only the console itself may write with a browser'))
  })
}

/** Browsers say it in Sec-Fetch-Site, which no page can forge; older ones name the page's origin. */
function isOwnSite({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { origin } = headers
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === headers.host)
}
