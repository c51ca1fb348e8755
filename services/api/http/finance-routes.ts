import type { FastifyInstance } from 'fastify'
import { AppError } from '../../platform/errors.ts'
import { bearerFrom, type Tokens } from '../../platform/tokens.ts'
import { FREE_ROUTES } from './take-turns.ts'

/**
 * What a token of role finance may read, of all tenants: what was used, what it costs and who owes it. Not who called, from where and with
 * what: requests, security, the audit and alerts are for operators.
 */
const FINANCE_ROUTES: readonly string[] = [
  '/v1/usage',
  '/v1/charges',
  '/v1/charges/drift',
  '/v1/pool-costs',
  '/v1/pool-use',
  '/v1/budgets',
  '/v1/completeness',
  '/v1/statements',
  '/v1/statements/draft',
  '/v1/statements/:statement_id',
  '/v1/export/focus',
  '/v1/answers/movers',
  '/v1/answers/unexpected',
  '/v1/answers/caches',
  '/v1/answers/goodput',
  '/v1/answers/whatif',
  '/v1/answers/gaps',
  '/v1/panels',
  '/v1/panels/:name',
  '/v1/stream',
]

/** Refuses every other route to a token of role finance: one that is added later is closed to it until it stands above. */
export function registerFinanceRoutes(app: FastifyInstance, { tokens }: { tokens: Pick<Tokens, 'lookup'> | undefined }): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const bearer = bearerFrom(request.headers.authorization)
    const path = request.routeOptions.url
    const isAsked = bearer !== undefined && path !== undefined && !FREE_ROUTES.includes(path)
    if (!isAsked || tokens?.lookup(bearer)?.role !== 'finance') return done()
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (isRead && FINANCE_ROUTES.includes(path)) return done()
    done(new AppError('API_FORBIDDEN', 'a token of role finance reads usage, charges and statements: this is for operators'))
  })
}
