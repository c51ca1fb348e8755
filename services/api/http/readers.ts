import { AppError } from '../../platform/errors.ts'
import { bearerFrom, type Tokens } from '../../platform/tokens.ts'

/**
 * Who reads. An operator sees everything, and `isFinance` nothing of who called; a tenant sees the tenants of its token and nothing else.
 */
export type Reader =
  | { readonly role: 'operator'; readonly isFinance?: true }
  | { readonly role: 'tenant'; readonly tenants: readonly string[] }

/**
 * What a query may count: everything, or only these tenants. `seesVolumes`: figures that include other tenants
 * may be shown (operators only).
 */
export interface TenantScope {
  isAll: boolean
  tenants: readonly string[]
  seesVolumes: boolean
}

/** Whose line a request with this Authorization header waits in; undefined: of nobody who is known. */
export type HolderOf = (authorization: string | undefined) => string | undefined

/** Builds it: the holder's name; without tokens everyone has one line. */
export function buildHolderOf(tokens: Pick<Tokens, 'lookup'> | undefined): HolderOf {
  if (tokens === undefined) return () => ''
  return authorization => {
    const bearer = bearerFrom(authorization)
    return bearer === undefined ? undefined : tokens.lookup(bearer)?.name
  }
}

/** The reader behind an Authorization header. */
export type ReaderOf = (authorization: string | undefined) => Reader

/**
 * Builds the check of bearer tokens. Without tokens (only ever on a loopback address) everyone is an operator.
 * Throws API_UNAUTHENTICATED for no or an unknown token, API_FORBIDDEN for a sender's token.
 */
export function buildReaderOf(tokens: Pick<Tokens, 'lookup'> | undefined): ReaderOf {
  if (tokens === undefined) return () => ({ role: 'operator' })
  return authorization => {
    const bearer = bearerFrom(authorization)
    if (bearer === undefined) {
      throw new AppError('API_UNAUTHENTICATED', 'no bearer token was sent: add the header "Authorization: Bearer <token>"')
    }
    const holder = tokens.lookup(bearer)
    if (holder === undefined) throw new AppError('API_UNAUTHENTICATED', 'the bearer token is not known here')
    // What finance may not read is refused before, by route: finance-routes.ts.
    if (holder.role === 'operator') return { role: 'operator' }
    if (holder.role === 'finance') return { role: 'operator', isFinance: true }
    if (holder.role === 'tenant') return { role: 'tenant', tenants: holder.tenants ?? [] }
    throw new AppError(
      'API_FORBIDDEN',
      'this token belongs to a sender, which may send lines but read nothing: use a tenant or operator token',
    )
  }
}

/**
 * What a reader's query may count. `asked` are the values of the `tenant_id` parameter (undefined: none given).
 * Throws API_FORBIDDEN when a tenant asks for another tenant; whether that tenant exists is not told.
 */
export function scopeOf(reader: Reader, asked: readonly string[] | undefined): TenantScope {
  if (reader.role === 'operator') return { isAll: asked === undefined, tenants: asked ?? [], seesVolumes: true }
  const foreign = (asked ?? []).filter(tenant => !reader.tenants.includes(tenant))
  if (foreign.length > 0) {
    throw new AppError('API_FORBIDDEN', `this token may not read tenant_id ${foreign.map(tenant => JSON.stringify(tenant)).join(', ')}`)
  }
  return { isAll: false, tenants: asked ?? reader.tenants, seesVolumes: false }
}
