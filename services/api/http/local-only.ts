import type { FastifyInstance } from 'fastify'
import ipaddr from 'ipaddr.js'
import { AppError } from '../../platform/errors.ts'

/** Whether an address or host name stands for this machine alone: 127.0.0.0/8, ::1, localhost. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  if (bare.toLowerCase() === 'localhost') return true
  return ipaddr.isValid(bare) && ipaddr.process(bare).range() === 'loopback'
}

/**
 * Refuses requests whose Host header is not this machine. Without tokens anyone who reaches the port may read everything, and a web page
 * can make a browser reach 127.0.0.1 under a name of its own (DNS rebinding).
 */
export function registerLocalOnly(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (isLoopback(request.hostname)) return done()
    done(
      new AppError(
        'API_FORBIDDEN',
        'without a tokens file only requests to localhost or 127.0.0.1 are answered: set WEIR_TOKENS_FILE to serve other names',
      ),
    )
  })
}
