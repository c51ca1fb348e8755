import ipaddr from 'ipaddr.js'
import { SENDER_HEADER } from '../../schemas/topics.ts'
import { AppError } from '../platform/errors.ts'
import { bearerFrom, type Tokens } from '../platform/tokens.ts'

/** Who sends. */
export interface Sender {
  name: string
  /** Source of all its lines; undefined: it may name one with each body. */
  source: string | undefined
  /** Tenants that it may write for; undefined: any. */
  tenants: readonly string[] | undefined
  /** Pools that it may send metrics of; undefined: any. */
  pools: readonly string[] | undefined
}

/** What is known of a request before its body is read. */
export interface SenderRequest {
  remoteAddress: string | undefined
  headers: Readonly<Record<string, string | string[] | undefined>>
}

/**
 * Identifies the sender of a request, or throws INGEST_UNAUTHENTICATED.
 * Without a tokens file only programs on this machine may send. A forwarded request, or one made by a web page (it carries Origin),
 * reaches a loopback address too, but does not come from such a program.
 */
export function identifySender(request: SenderRequest, tokens: Tokens | undefined): Sender {
  if (tokens === undefined) {
    if (!isLoopback(request.remoteAddress))
      throw unauthenticated('ingest has no tokens file (WEIR_TOKENS_FILE) and so takes lines from this machine only')
    if (request.headers['origin'] || request.headers['x-forwarded-for'] || request.headers['forwarded'])
      throw unauthenticated('ingest has no tokens file (WEIR_TOKENS_FILE) and so takes no forwarded requests and none from web pages')
    return { name: 'local', source: undefined, tenants: undefined, pools: undefined }
  }
  const bearer = bearerFrom(request.headers['authorization'] as string | undefined)
  if (bearer === undefined) throw unauthenticated('send a token: Authorization: Bearer <token>')
  const holder = tokens.lookup(bearer)
  if (holder?.role !== 'sender') throw unauthenticated('the token is unknown or not a sender’s')
  const { name, source, tenants } = holder
  // Figures of a pool are those of all its tenants, so who writes for some of them may not make any up.
  return { name, source, tenants, pools: holder.pools ?? (tenants === undefined ? undefined : []) }
}

/** Throws INGEST_FORBIDDEN when it may not. `pool` undefined: of pools that the metrics themselves name. */
export function refuseForeignPool(sender: Sender, pool: string | undefined): void {
  if (sender.pools === undefined || (pool !== undefined && sender.pools.includes(pool))) return
  const allowed = sender.pools.length === 0 ? 'none' : sender.pools.join(', ')
  throw new AppError(
    'INGEST_FORBIDDEN',
    pool === undefined
      ? `this token is bound to tenants or pools: send metrics to /v1/engine-metrics or by remote write, of these pools: ${allowed}`
      : `this token may not send metrics of the pool "${pool}"; it may of: ${allowed} ("pools" in the tokens file)`,
  )
}

/**
 * What the headers of a message say of its sender; `source`: the one that it named with the body. A source that stands with the token is
 * the sender's own; of one that it chose itself, the header SENDER_HEADER tells who did.
 */
export function senderHeaders(sender: Sender, source: string | undefined): Record<string, string> {
  return {
    source: sender.source ?? source ?? 'default',
    ...(sender.source === undefined && { [SENDER_HEADER]: sender.name }),
    ...(sender.tenants !== undefined && { tenants: JSON.stringify(sender.tenants) }),
  }
}

function unauthenticated(message: string): AppError {
  return new AppError('INGEST_UNAUTHENTICATED', message)
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'
}
