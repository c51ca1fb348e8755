import type { AttemptContent } from '../attempt.ts'
import { defineDialect, type Facts, type FactTable, type FieldTable, has, isAbsent, type Line } from './dialect.ts'
import { endingOfStatus } from './error-classes.ts'
import { finishCall } from './finish-call.ts'
import { operationOfPath } from './operations.ts'
import type { SkipReason } from './skip-reasons.ts'

const fields = {
  tenant_id: {
    from: ['metadata/tenant_id', 'metadata/tenant', 'metadata/team', 'gateway_id', 'gateway', 'account_id'],
    as: 'text',
    note: 'metadata is what the caller of the gateway sent: trust it only where that caller is a service of yours',
  },
  user_id: { from: ['metadata/user_id', 'metadata/user'], as: 'text' },
  request_id: { from: ['event_id', 'id'], as: 'text' },
  started_at: { from: ['created_at', 'started_at'], as: 'utc_or_epoch_s' },
  duration_ms: { from: ['duration'], as: 'ms' },
  route: { from: ['gateway_id', 'gateway'], as: 'text' },
  request_model: { from: ['model'], as: 'text' },
  response_model: { from: ['model'], as: 'text' },
  status_code: { from: ['status_code'], as: 'count' },
  request_bytes: { from: ['request_size'], as: 'count' },
  response_bytes: { from: ['response_size'], as: 'count' },
  reported_cost: { from: ['cost'], as: 'decimal_text', note: 'USD; 0 without custom_cost: no price known, which is not free' },
} satisfies FieldTable

const facts = {
  id: { from: ['id'], as: 'text', note: 'of the log entry; event_id is shared by the providers that were tried' },
  provider: { from: ['provider'], as: 'text' },
  path: { from: ['path'], as: 'text' },
  success: { from: ['success'], as: 'flag' },
  cached: { from: ['cached'], as: 'flag' },
  custom_cost: { from: ['custom_cost'], as: 'flag' },
  step: { from: ['step'], as: 'count', note: 'place in the list of providers; above 0: a fallback' },
  content_type: { from: ['response_content_type'], as: 'text' },
  input: { from: ['tokens_in'], as: 'count' },
  output: { from: ['tokens_out'], as: 'count' },
} satisfies FactTable

function openMetadata(line: Line): Line {
  const { metadata } = line
  if (typeof metadata !== 'string' || !metadata.startsWith('{')) return line
  try {
    return { ...line, metadata: JSON.parse(metadata) as unknown }
  } catch {
    return line
  }
}

function request(base: AttemptContent, of: Facts<typeof facts>): AttemptContent {
  const isCacheHit = of.cached === true
  const isFailed = of.success === false && base.status_code < 400
  const ending = isFailed ? ({ outcome: 'error', error_class: 'unknown' } as const) : endingOfStatus(base.status_code, true)
  base.attempt_key = of.id
  base.attempts_reported = isCacheHit ? 0 : null
  base.is_fallback = (of.step ?? 0) > 0
  base.gateway = 'cloudflare-ai-gateway'
  base.operation = operationOfPath(of.path.startsWith('/') ? of.path : `/${of.path}`)
  base.is_stream = of.content_type.startsWith('text/event-stream')
  if (base.reported_cost === '0' && of.custom_cost !== true && !isCacheHit) base.reported_cost = null
  base.reported_currency = base.reported_cost === null ? '' : 'USD'
  if (ending.outcome !== 'ok') base.error_detail = `HTTP ${base.status_code}`
  return finishCall(base, {
    ending,
    isSent: true,
    isCacheHit,
    hints: { provider: of.provider, address: '', model: base.response_model, backend: of.provider },
    tokens: of,
  })
}

function otherTraffic(line: Line): SkipReason | undefined {
  if (has(line, 'EdgeResponseStatus')) return 'not_llm'
  return isAbsent(line['model']) && isAbsent(line['provider']) ? 'not_llm' : undefined
}

/** Logs of Cloudflare's AI Gateway; Cloudflare's own HTTP request logs are recognised and skipped. */
export const cloudflare = defineDialect({
  name: 'cloudflare',
  doc:
    'Cloudflare AI Gateway log (GET …/ai-gateway/gateways/…/logs, Logpush): one object per call; lines of the HTTP request log are ' +
    'skipped.',
  sameCall: 'the log’s `id`; without one the start in ms',
  joins: '`event_id`: the providers that were tried in turn have one log each',
  recognises(line) {
    if (has(line, 'EdgeResponseStatus') && has(line, 'RayID')) return 'EdgeResponseStatus and RayID stand in the line'
    const hasTokens = has(line, 'tokens_in') || has(line, 'tokens_out')
    return hasTokens && has(line, 'cached') && has(line, 'provider') && 'tokens_in or tokens_out, cached and provider stand in the line'
  },
  skips: otherTraffic,
  fields,
  claimedTenants: fields.tenant_id.from,
  facts,
  dropped: ['metadata', 'request_head', 'response_head', 'request_content_type', 'model_type', 'request_type', 'request', 'response'],
  open: openMetadata,
  attempts: (_line, base, of) => [request(base, of)],
})
