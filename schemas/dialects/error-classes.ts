/**
 * Why an attempt did not end well, from what gateways say. Sources: Envoy's response flags
 * (docs/root/configuration/advanced/substitution_formatter.rst), LiteLLM's `error_information` (litellm/types/utils.py,
 * litellm/exceptions.py), HTTP status codes (RFC 9110, RFC 6585; 499 is nginx's "client closed request", 529 is Anthropic's "overloaded").
 */
import type { AttemptContent } from '../attempt.ts'

/** How an attempt ended and why. */
export type Ending = Pick<AttemptContent, 'outcome' | 'error_class'>

/** It ended well. */
export const ENDED_WELL: Ending = { outcome: 'ok', error_class: '' }
const error = (error_class: Ending['error_class']): Ending => ({ outcome: 'error', error_class })
const rejected = (error_class: Ending['error_class']): Ending => ({ outcome: 'rejected', error_class })
/** The client went away before the answer was complete. */
export const CLIENT_CANCELLED: Ending = { outcome: 'cancelled', error_class: 'client_cancelled' }

/**
 * Envoy's flags, short and long name, in order of precedence: the first of them that a line carries decides. Flags not listed only inform.
 */
export const envoyFlags: readonly (readonly [short: string, long: string, ending: Ending])[] = [
  ['DC', 'DownstreamConnectionTermination', CLIENT_CANCELLED],
  ['DR', 'DownstreamRemoteReset', CLIENT_CANCELLED],
  ['RL', 'RateLimited', rejected('gateway_rejected')],
  ['RLSE', 'RateLimitServiceError', rejected('gateway_rejected')],
  ['OM', 'OverloadManagerTerminated', rejected('gateway_rejected')],
  ['DO', 'DropOverload', rejected('gateway_rejected')],
  ['UDO', 'UnconditionalDropOverload', rejected('gateway_rejected')],
  ['UAEX', 'UnauthorizedExternalService', rejected('auth')],
  ['IH', 'InvalidEnvoyRequestHeaders', rejected('client_error')],
  ['DPE', 'DownstreamProtocolError', rejected('client_error')],
  ['NR', 'NoRouteFound', rejected('client_error')],
  ['NC', 'NoClusterFound', error('no_capacity')],
  ['URX', 'UpstreamRetryLimitExceeded', error('retries_exhausted')],
  ['UH', 'NoHealthyUpstream', error('no_capacity')],
  ['DF', 'DnsResolutionFailed', error('no_capacity')],
  ['LH', 'FailedLocalHealthCheck', error('no_capacity')],
  ['UT', 'UpstreamRequestTimeout', error('timeout')],
  ['SI', 'StreamIdleTimeout', error('timeout')],
  ['UMSDR', 'UpstreamMaxStreamDurationReached', error('timeout')],
  ['DT', 'DurationTimeout', error('timeout')],
  ['UF', 'UpstreamConnectionFailure', error('connect_or_reset')],
  ['UC', 'UpstreamConnectionTermination', error('connect_or_reset')],
  ['UR', 'UpstreamRemoteReset', error('connect_or_reset')],
  ['LR', 'LocalReset', error('connect_or_reset')],
  ['UPE', 'UpstreamProtocolError', error('connect_or_reset')],
  ['UO', 'UpstreamOverflow', error('no_capacity')],
]
const flagRanks = new Map(envoyFlags.flatMap(([short, long], rank) => [[short, rank] as const, [long, rank] as const]))

/** Envoy's flag for an answer that its cache filter gave. */
export const ENVOY_CACHE_FLAGS: ReadonlySet<string> = new Set(['RFCF', 'ResponseFromCacheFilter'])

/**
 * How a request ended by Envoy's log. `status` 0: no answer was started, so the client was gone. `flags` as logged (comma list). An
 * overflow (UO) beside an answer of the upstream means that a circuit breaker forbade the retry of that answer: then the answer's own
 * status decides.
 */
export function endingOfEnvoy(status: number, flags: string, isFromUpstream: boolean): Ending {
  if (status === 0) return CLIENT_CANCELLED
  let rank = envoyFlags.length
  if (flags !== '') {
    for (const flag of flags.split(',')) rank = Math.min(rank, flagRanks.get(flag.trim()) ?? envoyFlags.length)
  }
  const decided = envoyFlags[rank]
  if (decided === undefined || (decided[0] === 'UO' && isFromUpstream)) return endingOfStatus(status, isFromUpstream)
  return decided[2]
}

/** Statuses that an upstream sends, where they differ from "4xx: client_error, 5xx: provider_error". */
export const upstreamStatuses: ReadonlyMap<number, Ending> = new Map([
  [401, error('auth')],
  [403, error('auth')],
  [408, error('timeout')],
  [429, error('provider_rate_limited')],
  [499, CLIENT_CANCELLED],
  [529, error('provider_overloaded')],
])

/** Statuses that a gateway sends of its own, where they differ from "4xx: client_error, rejected; 5xx: unknown". */
export const gatewayStatuses: ReadonlyMap<number, Ending> = new Map([
  [401, rejected('auth')],
  [403, rejected('auth')],
  [408, error('timeout')],
  [429, rejected('gateway_rejected')],
  [499, CLIENT_CANCELLED],
  [503, error('no_capacity')],
  [504, error('timeout')],
  [529, rejected('gateway_rejected')],
])

/** How an attempt ended by its HTTP status alone; `isFromUpstream`: the upstream sent it, not the gateway. Below 400 it ended well. */
export function endingOfStatus(status: number, isFromUpstream: boolean): Ending {
  if (status < 400) return ENDED_WELL
  if (isFromUpstream) return upstreamStatuses.get(status) ?? error(status < 500 ? 'client_error' : 'provider_error')
  return gatewayStatuses.get(status) ?? (status < 500 ? rejected('client_error') : error('unknown'))
}

/** What the gateway found when it answered 401 or 403 itself; '' otherwise. An upstream's 401 is about the gateway's own key. */
export function authResultOf(ending: Ending, status: number): string {
  if (ending.outcome !== 'rejected' || ending.error_class !== 'auth') return ''
  return status === 401 ? 'invalid' : 'denied'
}

/** Values of `auth_result` that say why a caller was refused. */
const REFUSED_CALLERS: ReadonlySet<string> = new Set(['missing', 'invalid', 'expired', 'revoked', 'denied', 'forbidden'])

/** The class of a rejection whose source tells no class but what it found of the caller: 'auth'; '' where it tells neither. */
export function classOfRefusedCaller(outcome: Ending['outcome'], authResult: string): Ending['error_class'] {
  return outcome === 'rejected' && REFUSED_CALLERS.has(authResult) ? 'auth' : ''
}

/** LiteLLM's `error_rate_limit_category`. */
const litellmCategories: ReadonlyMap<string, Ending> = new Map([
  ['vendor_rate_limit', error('provider_rate_limited')],
  ['vendor_batch_rate_limit', error('provider_rate_limited')],
  ['litellm_rate_limit', rejected('gateway_rejected')],
  ['litellm_batch_rate_limit', rejected('gateway_rejected')],
])

/** LiteLLM's `normalized_error`, without the status before its first underscore. Only values that were seen. */
const litellmNormalized: ReadonlyMap<string, Ending> = new Map([['PROVIDER_OVERLOADED', error('provider_overloaded')]])

/** LiteLLM's `error_class`: exception names that say more than the status does. */
const litellmClasses: ReadonlyMap<string, Ending> = new Map([
  ['ProxyRateLimitError', rejected('gateway_rejected')],
  ['BudgetExceededError', rejected('gateway_rejected')],
  ['ProviderBudgetExceededError', rejected('gateway_rejected')],
  ['ProxyModelNotFoundError', rejected('client_error')],
  ['BlockedPiiEntityError', rejected('blocked_by_policy')],
  ['GuardrailRaisedException', rejected('blocked_by_policy')],
  ['RejectedRequestError', rejected('blocked_by_policy')],
  ['ContentPolicyViolationError', error('blocked_by_policy')],
  ['RouterRateLimitError', error('no_capacity')],
  ['RouterRateLimitErrorBasic', error('no_capacity')],
  ['Timeout', error('timeout')],
  ['APITimeoutError', error('timeout')],
  ['APIConnectionError', error('connect_or_reset')],
  ['MidStreamFallbackError', error('connect_or_reset')],
  ['CancelledError', CLIENT_CANCELLED],
])

/** What a failed LiteLLM record tells of its end. */
export interface LitellmFailure {
  category: string
  normalized: string
  errorClass: string
  /** HTTP status, 0 where the error code is none. */
  status: number
  /** A guardrail stopped the request before it was sent. */
  isBlocked: boolean
  /** The record names a provider that was called. */
  isFromUpstream: boolean
}

/**
 * How a failed LiteLLM record ended: its own rate-limit category first, then guardrail, exception, normalised error, and the status last.
 */
export function endingOfLitellm(failure: LitellmFailure): Ending {
  const normalized = failure.normalized.slice(failure.normalized.indexOf('_') + 1)
  const found =
    litellmCategories.get(failure.category) ??
    (failure.isBlocked ? rejected('blocked_by_policy') : undefined) ??
    litellmClasses.get(failure.errorClass) ??
    litellmNormalized.get(normalized)
  if (found !== undefined) return found
  return failure.status >= 400 ? endingOfStatus(failure.status, failure.isFromUpstream) : error('unknown')
}
