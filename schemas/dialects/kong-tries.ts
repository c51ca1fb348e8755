import type { AttemptContent } from '../attempt.ts'
import type { Line } from './dialect.ts'
import { type Ending, endingOfStatus } from './error-classes.ts'
import { UNKNOWN_USAGE } from './token-convention.ts'
import { type Upstream, upstreamOfEarlierTry } from './upstream.ts'

const UNREACHED: Ending = { outcome: 'error', error_class: 'connect_or_reset' }

/**
 * One attempt per entry of `tries[]`; the last is the given one, which carries answer and usage. `statuses` is Kong's `upstream_status`:
 * one status per try that was answered, as text like "503, 200". A try that was left without one reached nobody. `service` is Kong's name
 * of the upstream, which is that of the last try.
 */
export function splitTries(
  last: AttemptContent,
  tries: readonly Line[],
  { statuses, service, endpointOf }: { statuses: string; service: string; endpointOf: (attempt: Line) => string },
): AttemptContent[] {
  if (tries.length <= 1) return [last]
  const starts = tries.map((attempt, index) => (index === 0 ? last.started_at : startOf(attempt, last.started_at)))
  const answered = statuses.split(',').map(text => Number(text.trim()))
  const requestEnd = last.ended_at ?? (last.duration_ms === null ? null : last.started_at + Math.round(last.duration_ms))
  const failed = tries.slice(0, -1).map((attempt, index) => {
    const start = starts[index] as number
    const end = Math.max(start, starts[index + 1] as number)
    const status = statusOf(attempt['code'], answered.length === tries.length ? answered[index] : undefined)
    const endpoint = endpointOf(attempt)
    const place = upstreamOfEarlierTry(endpoint, { ...last, address: last.endpoint, backend: service })
    return failedTry(last, index + 1, { start, end, status, endpoint, place })
  })
  const lastStart = starts.at(-1) as number
  last.started_at = lastStart
  last.ended_at = requestEnd
  last.duration_ms = requestEnd === null ? null : Math.max(0, requestEnd - lastStart)
  last.attempt_no = tries.length
  const left = failed.at(-1)
  const isOther = left !== undefined && (left.provider !== last.provider || left.pool !== last.pool)
  last.is_retry = !isOther
  last.is_fallback = isOther
  if (isOther) last.fallback_from = left.provider || left.pool
  return [...failed, last]
}

interface Try {
  start: number
  end: number
  status: number
  endpoint: string
  place: Upstream | undefined
}

function failedTry(last: AttemptContent, no: number, of: Try): AttemptContent {
  const ending = of.status < 400 ? UNREACHED : endingOfStatus(of.status, true)
  return {
    ...last,
    ...UNKNOWN_USAGE,
    ...ending,
    ...of.place,
    // Which model was asked for there is not told: the line names that of the last try.
    ...(of.place && { request_model: '' }),
    attempt_no: no,
    started_at: of.start,
    ended_at: of.end,
    duration_ms: of.end - of.start,
    upstream_ms: null,
    ttft_ms: null,
    endpoint: of.endpoint,
    response_model: '',
    status_code: of.status < 400 ? 0 : of.status,
    error_detail: of.status < 400 ? 'no answer from the upstream' : `HTTP ${of.status} from the upstream`,
    auth_result: '',
    is_retry: no > 1,
    finish_reason: '',
    reported_cost: null,
    reported_currency: '',
    response_bytes: 0,
  }
}

function statusOf(code: unknown, listed: number | undefined): number {
  const status = typeof code === 'number' ? code : (listed ?? 0)
  return Number.isInteger(status) && status >= 100 && status <= 599 ? status : 0
}

/** `balancer_start` in ms; a try without a readable one starts with the request. */
function startOf(attempt: Line, requestStart: number): number {
  const start = attempt['balancer_start']
  return typeof start === 'number' && Number.isFinite(start) ? Math.max(requestStart, Math.round(start)) : requestStart
}
