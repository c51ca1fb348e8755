import { isAbsent, isObject, type Line } from './dialect.ts'
import type { SkipReason } from './skip-reasons.ts'

/**
 * LiteLLM's call types (litellm/types/utils.py, `CallTypes`; each also with a leading `a`) that manage things and ask no model: they would
 * stand for calls that used nothing. Reading a stored response again repeats the usage of the call that made it.
 */
const MANAGING: ReadonlySet<string> = new Set(
  [
    'get_responses delete_responses cancel_responses list_input_items create_batch cancel_batch list_batches create_file',
    'file_retrieve file_delete file_list file_content create_fine_tuning_job cancel_fine_tuning_job list_fine_tuning_jobs',
    'retrieve_fine_tuning_job get_assistants create_assistants delete_assistant create_thread get_thread a_add_message add_message',
    'get_messages video_retrieve video_content video_list video_retrieve_job video_delete video_create_character',
    'video_get_character vector_store_create vector_store_file_create vector_store_file_list vector_store_file_retrieve',
    'vector_store_file_content vector_store_file_update vector_store_file_delete create_container list_containers',
    'retrieve_container delete_container list_container_files upload_container_file create_skill',
  ].flatMap(names => names.split(' ')),
)

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
  if (MANAGING.has(callType) || (callType.startsWith('a') && MANAGING.has(callType.slice(1)))) return 'not_a_call'
  if (!BATCH.test(callType)) return undefined
  const isEnded = line['status'] !== 'failure' && [line['prompt_tokens'], line['completion_tokens']].some(count => Number(count) > 0)
  return isEnded ? undefined : 'not_a_call'
}

/**
 * When a batch ended or else was made, ms since 1970, as its object says (`response` of the record). Undefined: the proxy leaves responses
 * out of its records.
 */
export function batchTimeOf(line: Line): number | undefined {
  const batch = isObject(line['response']) ? line['response'] : {}
  const seconds = [batch['completed_at'], batch['created_at']].find(time => !isAbsent(time))
  return typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0 ? seconds * 1000 : undefined
}
