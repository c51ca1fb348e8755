import { defineDialect, has, isObject, type Line } from './dialect.ts'
import { litellm } from './litellm.ts'

/** Text that holds a JSON object as that object; anything else as an empty one. */
function parsedObject(value: unknown): Line {
  if (isObject(value)) return value
  if (typeof value !== 'string' || !value.startsWith('{')) return {}
  try {
    const parsed: unknown = JSON.parse(value)
    return isObject(parsed) ? parsed : {}
  } catch {
    return {}
  }
}

/** Brings a row into the shape of the payload: JSON texts opened, columns under the payload's names. Python's "None" means not given. */
function openRow(line: Line): Line {
  const row: Line = Object.fromEntries(Object.entries(line).filter(([, value]) => value !== 'None'))
  const metadata = parsedObject(row['metadata'])
  return {
    id: row['request_id'],
    call_type: row['call_type'],
    status: row['status'] ?? metadata['status'],
    startTime: row['startTime'],
    endTime: row['endTime'],
    completionStartTime: row['completionStartTime'],
    model: row['model'],
    model_group: row['model_group'],
    custom_llm_provider: row['custom_llm_provider'],
    api_base: row['api_base'],
    // Some versions write 0 for streams although they have worked the cost out.
    response_cost: row['spend'] || parsedObject(metadata['cost_breakdown'])['total_cost'] || row['spend'],
    prompt_tokens: row['prompt_tokens'],
    completion_tokens: row['completion_tokens'],
    total_tokens: row['total_tokens'],
    cache_hit: row['cache_hit'],
    cache_key: row['cache_key'] === 'Cache OFF' ? null : row['cache_key'],
    end_user: row['end_user'],
    requester_ip_address: row['requester_ip_address'],
    error_information: metadata['error_information'],
    status_fields: { guardrail_status: metadata['guardrail_status'] },
    metadata: {
      ...metadata,
      user_api_key_team_id: row['team_id'] || metadata['user_api_key_team_id'],
      user_api_key_org_id: row['organization_id'] || metadata['user_api_key_org_id'],
      user_api_key_user_id: row['user'] || metadata['user_api_key_user_id'],
      user_api_key_hash: row['api_key'] || metadata['user_api_key'],
    },
    response: parsedObject(row['response']),
    session_id: row['session_id'],
    request_tags: row['request_tags'],
  }
}

/**
 * A row of LiteLLM_SpendLogs, as GCS Pub/Sub or a database export gives it. One row per request: retries and fallbacks before it are only
 * counted. A proxy that also sends StandardLoggingPayloads reports the same calls twice: send one of the two.
 */
export const litellmSpendLogs = defineDialect({
  ...litellm,
  name: 'litellm-spend-logs',
  doc:
    'Row of LiteLLM_SpendLogs (GCS Pub/Sub, database export): JSON inside texts, times without zone are UTC. Do not send it beside ' +
    'the payloads of the same proxy.',
  sameCall: '`request_id` and the start in ms; a row with the id `None` by all it says',
  joins: 'nothing: a row is a request, retries before it are counted in it',
  recognises: line =>
    has(line, 'spend') &&
    has(line, 'request_id') &&
    has(line, 'startTime') &&
    has(line, 'call_type') &&
    'spend, request_id, startTime and call_type stand in the line',
  open: openRow,
  dropped: [...litellm.dropped, 'session_id'],
})
