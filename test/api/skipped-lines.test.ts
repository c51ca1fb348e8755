import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { insertRows, openTestApi } from './fixture.ts'

const api = await openTestApi({ after })
const ledger = (offset: number, cells: object) => ({
  log_epoch: 'epoch-1',
  topic: 'weir.access-log.v1',
  partition: 0,
  offset,
  received_at: Date.UTC(2026, 0, 31, 9, 0, offset),
  source: 'edge',
  rows: 0,
  accepted_lines: 0,
  dead_letters: 0,
  ...cells,
})
const first = ledger(0, { lines: 5, skipped_lines: 5, skip_reasons: { not_llm: 3, mcp: 2 } })
await insertRows(api.clickhouse, 'messages_read', [first])
await insertRows(api.clickhouse, 'messages_read', [first, ledger(1, { lines: 1, skipped_lines: 1, skip_reasons: { mcp: 1 } })])
const range = 'from=2026-01-31T09:00:00Z&to=2026-01-31T10:00:00Z'

test('skipped lines are counted once, by reason, and the books balance with them', async () => {
  const { status, body, text } = await api.get(`/v1/completeness?${range}`, 'fake-operator')
  assert.equal(status, 200, text)
  assert.deepEqual([body.lines, body.skipped_lines], [6, 6])
  assert.deepEqual(body.skipped, [
    { reason: 'mcp', lines: 3 },
    { reason: 'not_llm', lines: 3 },
  ])
  assert.deepEqual(
    body.balance.map((b: Record<string, unknown>) => [b['lines'], b['skipped_lines'], b['is_balanced']]),
    [[6, 6, true]],
  )
})

test('a tenant is not told of lines that have no tenant', async () => {
  const { body } = await api.get(`/v1/completeness?${range}`, 'fake-acme')
  assert.deepEqual([body.lines, body.skipped_lines, body.skipped], [0, null, null])
})
