import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { Value } from 'typebox/value'
import type { Now } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { bearerFrom, type Tokens } from '../../platform/tokens.ts'
import { problems } from '../http/openapi.ts'
import { timeText } from '../http/period.ts'
import { sessionCookie, sessionIdFrom } from './session-cookie.ts'
import type { Sessions } from './sessions.ts'

/** What sessions are begun with. Without tokens everyone on this machine is an operator and nobody signs in. */
export interface SessionDeps {
  sessions: Sessions
  tokens: Pick<Tokens, 'lookup'> | undefined
  now: Now
}

/** The path of the endpoints. */
export const SESSION_PATH = '/v1/session'

const SignIn = Type.Object({
  token: Type.String({ minLength: 1, maxLength: 512, description: 'a token of a tenant, of finance or of an operator' }),
})
const Session = Type.Object({
  reader: Type.Union(
    [
      Type.Object({
        name: Type.String({ description: 'whose token it is; empty where there are no tokens' }),
        role: Type.String({ description: 'operator, finance or tenant' }),
        tenants: Type.Array(Type.String(), { description: 'what a tenant token may read; empty for the others, who read of all' }),
        is_signed_in: Type.Boolean({ description: 'by a session, which can be ended' }),
      }),
      Type.Null(),
    ],
    { description: 'who reads; null: nobody yet, a token is needed' },
  ),
  now: Type.String({ format: 'date-time', description: 'the time here, which relative times count from' }),
})

/**
 * A request with a session's cookie counts as one with the token that began it. Must stand before whatever reads the header
 * Authorization.
 */
export function registerSessionCookie(app: FastifyInstance, { sessions }: Pick<SessionDeps, 'sessions'>): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const bearer = request.headers.authorization === undefined ? sessions.bearerOf(sessionIdFrom(request)) : undefined
    if (bearer !== undefined) request.headers.authorization = `Bearer ${bearer}`
    done()
  })
}

/** Adds the endpoints: who reads, signing in, signing out. */
export function registerSession(app: FastifyInstance, deps: SessionDeps): void {
  const about = (summary: string, description: string) => ({ summary, description, tags: ['session'] })
  const answer = { response: { 200: Session, ...problems } }
  app.get(SESSION_PATH, { schema: { ...about('Who reads', 'Needs no token.'), ...answer } }, (request, reply) => {
    reply.header('cache-control', 'no-store')
    return sessionOf(request, deps)
  })
  const signingIn = about(
    'Signs in',
    'The answer sets a cookie that lasts twelve hours, or until the token is revoked or the API restarts.',
  )
  app.post(SESSION_PATH, { schema: { ...signingIn, body: SignIn, ...answer } }, (request, reply) => {
    const { body } = request
    if (!Value.Check(SignIn, body)) throw new AppError('API_REQUEST_INVALID', 'the body is not {"token": "…"}')
    const header = `Bearer ${body.token.trim()}`
    const bearer = bearerFrom(header)
    const holder = bearer === undefined ? undefined : deps.tokens?.lookup(bearer)
    if (bearer === undefined || holder === undefined) throw new AppError('API_UNAUTHENTICATED', 'the token is not known here')
    if (holder.role === 'sender') throw new AppError('API_FORBIDDEN', 'this token sends lines and may read nothing: use another one')
    deps.sessions.end(sessionIdFrom(request))
    keep(reply, request, deps.sessions.begin(bearer))
    request.headers.authorization = header
    return { ...sessionOf(request, deps), reader: readerOf(holder, true) }
  })
  app.delete(SESSION_PATH, { schema: { ...about('Signs out', 'Ends the session of the cookie.'), ...answer } }, (request, reply) => {
    deps.sessions.end(sessionIdFrom(request))
    keep(reply, request, undefined)
    return { ...sessionOf(request, deps), reader: deps.tokens === undefined ? openReader : null }
  })
}

const openReader = { name: '', role: 'operator', tenants: [], is_signed_in: false } as const

function sessionOf(request: FastifyRequest, { tokens, sessions, now }: SessionDeps) {
  const at = timeText(now())
  if (tokens === undefined) return { reader: openReader, now: at }
  const bearer = bearerFrom(request.headers.authorization)
  const holder = bearer === undefined ? undefined : tokens.lookup(bearer)
  if (holder === undefined || holder.role === 'sender') return { reader: null, now: at }
  return { reader: readerOf(holder, sessions.bearerOf(sessionIdFrom(request)) === bearer), now: at }
}

function readerOf({ name, role, tenants }: { name: string; role: string; tenants?: readonly string[] }, is_signed_in: boolean) {
  return { name, role, tenants: role === 'tenant' ? (tenants ?? []) : [], is_signed_in }
}

function keep(reply: FastifyReply, request: FastifyRequest, id: string | undefined): void {
  const isSecure = /^https:/.test(request.headers.origin ?? '')
  reply.headers({ 'set-cookie': sessionCookie(id, { isSecure }), 'cache-control': 'no-store' })
}
