import assert from 'node:assert/strict'
import { test } from 'node:test'
import { topics, WINDOW_SETTLED_TOPIC } from '../../schemas/topics.ts'
import { windowsCommand } from '../../services/cli/windows/windows-command.ts'
import { MINUTE } from '../../services/platform/clock.ts'
import { openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { settleWindows } from '../../services/settle/settle-windows.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { buildInMemoryEventLog } from '../fakes/in-memory-event-log.ts'
import { attemptRow, insertAttempts, WINDOW_MS } from '../settle/attempt-rows.ts'
import { runTool } from './run-tool.ts'

test('a minute of which rows are gone stays as published until a person says why, and whose word it was is kept', async t => {
  const database = await openTestClickHouse(t)
  const { clickhouse } = database
  const eventLog = buildInMemoryEventLog({ topics })
  const windows = async (...args: string[]) => await runTool(windowsCommand, args, database, { nowMs: WINDOW_MS + 10 * MINUTE, eventLog })
  const requests = async () =>
    (await clickhouse.query<{ requests: number }>('SELECT sum(requests) AS requests FROM {database}.settled_windows_current'))[0]?.requests
  await insertAttempts(
    clickhouse,
    [0, 1, 2].map(offset => attemptRow({ started_at: WINDOW_MS, offset, request_id: `r-${offset}`, attempts_reported: 1 })),
  )
  const prices = await openPriceBookStore({}, { clickhouse })
  await settleWindows([WINDOW_MS], { clickhouse, prices, now: () => WINDOW_MS })
  assert.equal(await requests(), 3)
  const well = await windows('check')
  assert.deepEqual([well.code, well.out], [0, 'nothing'])

  await clickhouse.command("ALTER TABLE {database}.attempts_raw DELETE WHERE request_id = 'r-2' SETTINGS mutations_sync = 2")
  const missing = await windows('check')
  assert.equal(missing.code, 1)
  assert.match(missing.out, /fewer/)
  assert.equal((await windows('republish', '--yes')).code, 2, 'a reason is needed')
  const preview = await windows('republish', '--reason', 'deleted at the wish of a customer')
  assert.deepEqual([preview.code, await requests()], [0, 3])
  assert.match(preview.out, / 3 +2 +1$/m)
  assert.match(preview.err, /nothing was published/)

  const done = await windows('republish', '--reason', 'deleted at the wish of a customer', '--by', 'm.okafor', '--yes')
  assert.equal(done.code, 0, done.err)
  assert.equal(await requests(), 2)
  assert.equal((await windows('check')).code, 0)
  const history = JSON.parse((await windows('history', '--format', 'json')).out) as Record<string, unknown>[]
  assert.deepEqual(
    history.map(({ republished_by, reason, rows_before, rows_now }) => [republished_by, reason, rows_before, rows_now]),
    [['m.okafor', 'deleted at the wish of a customer', 3, 2]],
  )
  const told = (await eventLog.offsets(WINDOW_SETTLED_TOPIC)).reduce((sum, { first, end }) => sum + end - first, 0)
  assert.equal(told, 1)
})

test('a span that holds no minute is refused', async t => {
  const database = await openTestClickHouse(t)
  const { code, err } = await runTool(windowsCommand, ['check', '--from', '2026-11-02', '--to', '2026-11-01'], database)
  assert.equal(code, 2)
  assert.match(err, /--from is not before --to/)
})
