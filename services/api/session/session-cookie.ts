import type { FastifyRequest } from 'fastify'
import { SESSION_MS } from './sessions.ts'

const NAME = 'weir_session'
const COOKIE = new RegExp(`(?:^|; *)${NAME}=([A-Za-z0-9_-]{43})(?:;|$)`)

/** The id in a request's cookies; undefined: none. */
export function sessionIdFrom(request: Pick<FastifyRequest, 'headers'>): string | undefined {
  return COOKIE.exec(request.headers.cookie ?? '')?.[1]
}

/** The header that has a browser keep the id (undefined: forget it). No script reads it and no other site has it sent. */
export function sessionCookie(id: string | undefined, { isSecure }: { isSecure: boolean }): string {
  const lifetime = id === undefined ? 'Max-Age=0' : `Max-Age=${SESSION_MS / 1000}`
  return `${NAME}=${id ?? ''}; Path=/; ${lifetime}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
}
