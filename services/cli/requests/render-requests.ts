import type { ListedAttempt, ListedRequest } from '../../answers/requests/attempt-fields.ts'

/** Requests as text: a line for each, and one for each of its attempts, in order. */
export function renderRequests(requests: readonly ListedRequest[]): string {
  if (requests.length === 0) return 'no request fits'
  return requests.map(request => [headOf(request), ...request.attempts.map(attemptOf)].join('\n')).join('\n\n')
}

function headOf({ started_at, tenant_id, route, request_id, outcome, duration_ms, list_cost, currency }: ListedRequest): string {
  const cost = list_cost === null ? 'no cost' : `${list_cost} ${currency}`
  const duration = duration_ms === null ? '' : ` in ${Math.round(duration_ms)} ms`
  return `${started_at}  ${tenant_id}  ${route || '(no route)'}  ${request_id}: ${outcome}${duration}, ${cost}`
}

function attemptOf(attempt: ListedAttempt): string {
  const field = (name: string) => String(attempt[name] ?? '')
  const upstream = field('pool') || field('provider') || '(not sent)'
  const kind = attempt['is_fallback'] ? 'fallback' : attempt['is_retry'] ? 'retry' : 'attempt'
  const why = [field('error_class'), field('error_detail')].filter(Boolean).join(': ')
  const tokens = `${field('input_tokens')} + ${field('output_tokens')} tokens`
  const cost = attempt.list_cost === null ? field('unpriced_reason') : `${attempt.list_cost} ${attempt.currency}`
  return [
    `  ${attempt.is_match ? '*' : ' '} ${kind} at ${upstream} ${field('response_model') || field('request_model')}`,
    `${field('status_code')} ${field('outcome')}${why && ` (${why})`}`,
    `${field('duration_ms') || '?'} ms, ${tokens}, ${cost}`,
  ].join('; ')
}
