/**
 * Callers whom a gateway refused before it knew who they were. Their lines count under the reserved tenant `unauthenticated`: nobody is
 * billed for them, and what such a line says of its tenant is a claim of the caller, kept in `extra`.
 */
import { type AttemptContent, RESERVED_TENANTS } from '../attempt.ts'
import { extraText } from './extra.ts'

/** Values of `auth_result` that say that the caller has not shown who it is. */
export const UNKNOWN_CALLERS: ReadonlySet<string> = new Set(['missing', 'invalid', 'expired', 'revoked'])

/** Every value of `auth_result` that has a meaning; a source may tell others. */
export const AUTH_RESULTS: readonly string[] = ['ok', ...UNKNOWN_CALLERS, 'denied', 'forbidden']

/** Name in `extra` of the tenant that a refused caller claimed to be. */
export const CLAIMED_TENANT = 'claimed_tenant'

/**
 * Whether a rejected attempt is of a caller that the gateway did not know. `isClaimed`: the line names no tenant that the gateway itself
 * found. Of one whom it knew and denied the tenant stays, and so does that of one who was only too fast.
 */
export function isOfUnknownCaller({ tenant_id, error_class, auth_result }: AttemptContent, isClaimed: boolean): boolean {
  const isNobody = tenant_id === '' || tenant_id === RESERVED_TENANTS.unauthenticated
  if (error_class === 'auth') return isClaimed || isNobody || UNKNOWN_CALLERS.has(auth_result)
  return error_class === 'gateway_rejected' && isNobody
}

/** The `extra` of a line with the tenant that it claims, first, so that it is never what is left out. */
export function withClaim(extra: string, tenant: string): string {
  const others = extra === '' ? {} : (JSON.parse(extra) as Record<string, unknown>)
  return extraText([[CLAIMED_TENANT, tenant], ...Object.entries(others)])
}
