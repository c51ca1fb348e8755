import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestsCommand } from '../../services/cli/requests/requests-command.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, WINDOW_MS } from '../settle/attempt-rows.ts'
import { runTool } from './run-tool.ts'

test('the requests behind a figure can be listed on paper, as JSON and as CSV', async t => {
  const database = await openTestClickHouse(t)
  const ask = async (...args: string[]) => await runTool(requestsCommand, args, database, { nowMs: WINDOW_MS + 60_000 })
  assert.equal((await ask()).out, 'no request fits')
  await insertAttempts(database.clickhouse, [
    attemptRow({ request_id: 'one', outcome: 'error', error_class: 'timeout', status_code: 504, duration_ms: 900 }),
    attemptRow({ request_id: 'one', attempt_no: 2, is_retry: true, started_at: WINDOW_MS + 1000, duration_ms: 500 }),
    attemptRow({ request_id: 'two', started_at: WINDOW_MS + 2000 }),
  ])
  const { out } = await ask('--outcome', 'error')
  assert.match(out, /^2026-11-24T03:00:00Z {2}acme {2}chat {2}one: ok in 1500 ms, no cost$/m)
  assert.match(out, /^ {2}\* attempt at openai gpt-4o; 504 error \(timeout\); 900 ms, 0 \+ 0 tokens, /m)
  assert.match(out, /^ {4}retry at openai gpt-4o; 200 ok; 500 ms/m)
  const limited = await ask('--limit', '1', '--format', 'json')
  assert.deepEqual(
    JSON.parse(limited.out).map((request: { request_id: string }) => request.request_id),
    ['one'],
  )
  assert.match(limited.err, /there are more than 1/)
  assert.equal((await ask('--format', 'csv')).out.split('\r\n').length, 4)
})
