import { isAbsent, isObject, type Line } from './dialect.ts'
import type { SkipReason } from './skip-reasons.ts'

/**
 * LiteLLM's call types (litellm/types/utils.py, `CallTypes`; each also with a leading `a`) that manage things and ask no model: they would stand for calls
 * that used nothing. Reading a stored response again repeats the usage of the call that made it.
 */
const MANAGING =
  /^_?a?_?(?:(?:get|delete|cancel)_responses|list_input_items|(?:create|cancel|list)_batch(?:es)?|(?:create|list|retrieve|delete)_(?:file|container)s?|list_container_files|upload_container_file|file_(?:retrieve|delete|list|content)|(?:create|cancel|list|retrieve)_fine_tuning_jobs?|(?:get|create|delete)_assistants?|(?:create|get)_thread|add_message|get_messages|video_(?:retrieve|content|list|retrieve_job|delete|create_character|get_character)|vector_store_(?:file_\w+|create)|create_skill)$/

const MCP = /^(?:call_mcp_tool|list_mcp_tools|a?send_message)$/
const BATCH = /^a?retrieve_batch$/

/** Whether the record is of a poll of a batch: it repeats the usage of the whole batch each time once that has ended. */
export function isBatchPoll(line: Line): boolean {
  return BATCH.test(String(line['call_type']))
}

/** Why a record is no call of a model. Of a batch only polls after its end tell what it used. */
export function skipOfCallType(line: Line): SkipReason | undefined {
  const callType = String(line['call_type'])
  if (MCP.test(callType)) return 'mcp'
  if (MANAGING.test(callType)) return 'not_a_call'
  if (!BATCH.test(callType)) return undefined
  const isEnded = line['status'] !== 'failure' && [line['prompt_tokens'], line['completion_tokens']].some(count => Number(count) > 0)
  return isEnded ? undefined : 'not_a_call'
}

/**
 * When a batch ended or else was made, ms since 1970, as its object says (`response` of the record). Undefined: the proxy leaves responses out of its
 * records.
 */
export function batchTimeOf(line: Line): number | undefined {
  const batch = isObject(line['response']) ? line['response'] : {}
  const seconds = [batch['completed_at'], batch['created_at']].find(time => !isAbsent(time))
  return typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0 ? seconds * 1000 : undefined
}
