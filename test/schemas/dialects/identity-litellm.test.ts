/** What joins LiteLLM's records into requests, and what tells them apart. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { AttemptContent } from '../../../schemas/attempt.ts'
import { dialects } from '../../../schemas/dialects/registry.ts'
import { litellmLine } from './lines.ts'
import { attemptsOf, identityOf } from './reading.ts'

type Line = Record<string, unknown>

suite('what joins LiteLLM’s records', () => {
  const session = { trace_id: 'session-1' }

  test('calls of one session are requests of their own; a failure and its retry or fallback are one', () => {
    const [first, second] = ['c-1', 'c-2'].map(litellm_call_id => attemptsOf(litellmLine('r', { ...session, litellm_call_id }))[0])
    const failed = attemptsOf(litellmLine('r', { ...session, litellm_call_id: 'c-1', id: 'c-1', status: 'failure' }))[0]
    assert.notEqual(first?.request_id, second?.request_id)
    assert.equal(first?.request_id, failed?.request_id)
    assert.notEqual(first?.attempt_key, failed?.attempt_key)
  })

  test('records of the SDK, where each try has its own call id, join by their trace', () => {
    const tries = ['c-1', 'c-2'].map(
      litellm_call_id => attemptsOf(litellmLine('r', { trace_id: 't-1', litellm_call_id, metadata: { user_api_key_end_user_id: 'u' } }))[0],
    )
    assert.deepEqual(
      tries.map(attempt => attempt?.request_id),
      ['t-1', 't-1'],
    )
  })

  test('a success that failed first keeps both when all ids and the instant are the same', () => {
    const records = ['failure', 'success'].map(status => attemptsOf(litellmLine('r', { id: 'None', status }))[0])
    assert.equal(new Set(records.map(attempt => attempt && identityOf(attempt))).size, 2)
  })

  test('without call id and trace nothing joins, and a response id that repeats or is missing merges nothing', () => {
    const bare = { trace_id: undefined, litellm_call_id: undefined }
    const [a, b] = [1795454773.303, 1795454774.9].map(
      startTime => attemptsOf(litellmLine('r', { ...bare, id: 'chatcmpl-static', startTime }))[0],
    )
    assert.ok(a?.is_sole_row && b?.is_sole_row)
    assert.notEqual(identityOf(a as AttemptContent), identityOf(b as AttemptContent))
    const nameless = attemptsOf(litellmLine('r', { ...bare, id: 'None' }))[0]
    assert.match(nameless?.request_id ?? '', /^line-[0-9a-f]{24}$/)
  })
})

suite('batches that LiteLLM retrieves', () => {
  const poll = (hour: number, change: Line = {}) =>
    litellmLine('r', {
      call_type: 'aretrieve_batch',
      id: 'batch_1',
      trace_id: `t-${hour}`,
      litellm_call_id: `c-${hour}`,
      startTime: 1795454773.303 + hour * 3600,
      endTime: 1795454774.303 + hour * 3600,
      ...change,
    })
  const polls = (change: Line) => [0, 1, 5].map(hour => attemptsOf(poll(hour, change))[0] as AttemptContent)

  test('each poll says the same of the batch, which has the price of batches', () => {
    for (const response of [{ completed_at: 1795440000, created_at: 1795430000 }, { created_at: 1795430000 }, {}]) {
      const [first, ...others] = polls({ response })
      for (const other of others) assert.deepEqual(other, first)
      assert.equal(first?.service_tier, 'batch')
      assert.equal(first?.request_id, 'batch_1')
    }
    assert.equal(polls({ response: { completed_at: 1795440000 } })[0]?.started_at, 1795440000000)
  })

  test('a poll of a batch that runs or failed is no call, and neither is making, listing or cancelling one', () => {
    const skipOf = (change: Line) => dialects.find(dialect => dialect.name === 'litellm')?.skips?.(poll(0, change))
    assert.equal(skipOf({}), undefined)
    assert.equal(skipOf({ prompt_tokens: 0, completion_tokens: 0 }), 'not_a_call')
    assert.equal(skipOf({ status: 'failure' }), 'not_a_call')
    for (const call_type of [
      'acreate_batch',
      'create_batch',
      'acancel_batch',
      'alist_batches',
      'afile_content',
      'aget_responses',
      'avideo_list',
    ]) {
      assert.equal(skipOf({ call_type }), 'not_a_call', call_type)
    }
    for (const call_type of ['acompletion', 'aresponses', 'atranscription', '_arealtime', 'acreate_video', 'arerank', 'asearch', 'aocr']) {
      assert.equal(skipOf({ call_type }), undefined, call_type)
    }
  })
})
