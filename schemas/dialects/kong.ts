import type { AttemptContent } from '../attempt.ts'
import { clientNetwork } from './addresses.ts'
import { defineDialect, type Facts, has, isObject, type Line } from './dialect.ts'
import { ENDED_WELL, type Ending, endingOfStatus } from './error-classes.ts'
import { finishCall } from './finish-call.ts'
import { kongFacts, kongFields } from './kong-fields.ts'
import { splitTries } from './kong-tries.ts'
import { operationOfPath } from './operations.ts'
import type { SkipReason } from './skip-reasons.ts'

type KongFacts = Facts<typeof kongFacts>

/** The block of the AI plugins: the current namespace, or a legacy one named after the plugin (`ai.ai-proxy`, …). */
function aiBlockOf(line: Line): Line | undefined {
  const ai = line['ai']
  const blocks = isObject(ai) ? [ai['proxy'], ai['ai-proxy'], ai['ai-proxy-advanced'], ...Object.values(ai)] : []
  return blocks.filter(isObject).find(block => isObject(block['meta']) || isObject(block['usage']))
}

/** Brings the AI block of any version to `ai.proxy`. What Kong refused before its AI plugin ran has none. */
function openAiBlock(line: Line): Line {
  return { ...line, ai: { proxy: aiBlockOf(line) ?? {} } }
}

/** A line without an AI block is of other traffic, unless its path is one of a model. */
function otherTraffic(line: Line): SkipReason | undefined {
  if (aiBlockOf(line) !== undefined) return undefined
  if (isObject(line['ai']) && has(line['ai'], 'mcp')) return 'mcp'
  const uri = isObject(line['request']) ? line['request']['uri'] : undefined
  return typeof uri === 'string' && operationOfPath(uri) !== '' ? undefined : 'not_llm'
}

/** The request as one attempt; kong-tries.ts makes one row per try of it. */
function request(base: AttemptContent, facts: KongFacts, triesCount: number): AttemptContent {
  const isCacheHit = facts.cache_status.toLowerCase() === 'hit'
  const isSent = !isCacheHit && (triesCount > 0 || facts.answered_by === 'upstream')
  const isFromUpstream = facts.answered_by === '' ? isSent : facts.answered_by === 'upstream'
  const ending: Ending = facts.status === null ? ENDED_WELL : endingOfStatus(facts.status, isFromUpstream)
  base.status_code = facts.status ?? 0
  if (ending.outcome !== 'ok') base.error_detail = `HTTP ${base.status_code} from ${isFromUpstream ? 'the upstream' : 'Kong'}`
  base.attempts_reported = isSent ? Math.max(1, triesCount) : 0
  base.attempt_no = 1
  base.is_sole_row = triesCount <= 1
  base.gateway = 'kong'
  base.operation = operationOfPath(facts.path)
  base.is_stream = facts.request_mode === 'stream'
  base.response_cache = facts.cache_status.toLowerCase() === 'miss' ? 'miss' : ''
  base.client_ip_prefix = clientNetwork(facts.client)
  base.upstream_ms = facts.llm_latency ?? facts.proxy_latency
  if (base.reported_cost !== null) base.reported_currency = 'USD'
  return finishCall(base, {
    ending,
    isSent,
    isCacheHit,
    hints: { protocol: facts.provider, address: base.endpoint, model: base.response_model || base.request_model, backend: facts.service },
    tokens: facts,
  })
}

/** Kong's log object with an AI block, as its log plugins write it: single or in arrays. */
export const kong = defineDialect({
  name: 'kong',
  doc:
    'Kong log object (kong.log.serialize) with the block of the AI plugins: ai.proxy, or ai.<plugin> of older versions; tries[] ' +
    'becomes one row each.',
  sameCall: '`request_id` and the start of the try in ms with its number; a line without an id by all it says',
  joins: '`request_id` joins the tries of one line; a line with one try is a request',
  recognises(line) {
    const ai = line['ai']
    if (isObject(ai) && Object.values(ai).some(block => isObject(block) && isObject(block['meta']) && has(block['meta'], 'plugin_id'))) {
      return 'ai holds a block with meta.plugin_id'
    }
    const latencies = line['latencies']
    return has(line, 'started_at') && isObject(latencies) && has(latencies, 'kong') && 'started_at and latencies.kong stand in the line'
  },
  skips: otherTraffic,
  claimedTenants: ['workspace_name', 'workspace'],
  mayLackId: true,
  fields: kongFields,
  facts: kongFacts,
  dropped: ['upstream_uri', 'authenticated_entity', 'workspace', 'client_ip', 'tries'],
  kept: ['workspace_name'],
  open: openAiBlock,
  attempts(line, base, facts) {
    const tries = Array.isArray(line['tries']) ? line['tries'].filter(isObject) : []
    const last = tries.at(-1)
    if (last !== undefined) base.endpoint = endpointOf(last)
    return splitTries(request(base, facts, tries.length), tries, { statuses: facts.upstream_status, service: facts.service, endpointOf })
  },
})

function endpointOf(attempt: Line): string {
  const host = attempt['hostname'] ?? attempt['ip']
  if (typeof host !== 'string') return ''
  const port = attempt['port']
  const bracketed = host.includes(':') ? `[${host}]` : host
  return typeof port === 'number' ? `${bracketed}:${port}` : bracketed
}
