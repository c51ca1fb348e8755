import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { topics, WINDOW_TOUCHED_TOPIC } from '../../schemas/topics.ts'
import type { WindowTouched } from '../../schemas/window-events.ts'
import { pricesCommand } from '../../services/cli/prices/prices-command.ts'
import { add, formatDecimal } from '../../services/money/decimal.ts'
import { statementId } from '../../services/money/statements/build-statement.ts'
import { closeStatements } from '../../services/money/statements/close.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { buildInMemoryEventLog } from '../fakes/in-memory-event-log.ts'
import { closeConfig, closeDeps, givePrices, MONTH, sendLines, settle } from '../money/statements/closing-fixture.ts'
import { runTool } from './run-tool.ts'

const DECEMBER = Date.UTC(2026, 11, 3)

test('a retroactive price leaves the closed month as it is and gives corrections that sum to the difference of the preview', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-closed-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const database = await openTestClickHouse(t)
  const { clickhouse } = database
  await givePrices(clickhouse)
  const lines = [{ tokens: 1_234_567 }, { tokens: 89, at: Date.UTC(2026, 9, 30, 23) }, { tokens: 1_000_000, at: Date.UTC(2026, 10, 2, 12) }]
  await settle(clickhouse, await sendLines(clickhouse, lines), DECEMBER)
  const later = { now: () => DECEMBER }
  const [october] = await closeStatements(closeConfig(), closeDeps(clickhouse, later))
  assert.equal(october?.error, undefined)

  const file = join(folder, 'corrected.yaml')
  writeFileSync(
    file,
    'prices: [{provider: openai, model: gpt-4o, valid_from: 2026-10-01, per_token: {input: 0.00000312345678901, output: 0.00001}}]',
  )
  const eventLog = buildInMemoryEventLog({ topics })
  const correct = (...args: string[]) =>
    runTool(pricesCommand, ['correct', file, '--reason', 'contract', '--json', ...args], database, { nowMs: DECEMBER, eventLog })
  const { months } = JSON.parse((await correct('--yes')).out)
  assert.deepEqual(
    months.map((one: Record<string, string>) => [one['month'], one['state']]),
    [
      [MONTH, 'closed: becomes corrections'],
      ['2026-11', 'open: settled again'],
    ],
  )
  const touched = eventLog.recordsOf(WINDOW_TOUCHED_TOPIC).map(record => JSON.parse(Buffer.from(record.value).toString()) as WindowTouched)
  await settle(
    clickhouse,
    touched.map(event => event.window_start_ms),
    DECEMBER,
  )

  const [again] = await closeStatements(closeConfig(), closeDeps(clickhouse, { ...later, price_version: 2 }))
  assert.deepEqual([again?.isNew, again?.statement?.content_sha256], [false, october?.statement?.content_sha256])
  const [november] = await closeStatements(closeConfig({ month: '2026-11' }), closeDeps(clickhouse, { ...later, price_version: 2 }))
  const corrections = november?.statement?.lines.filter(line => line.charge_class === 'Correction') ?? []
  // 1,234,656 tokens × (0.00000312345678901 − 0.0000025)
  assert.equal(months[0].difference, '0.76975466529193056')
  assert.equal(formatDecimal(add(...corrections.map(line => line.precise_cost))), months[0].difference)
  for (const line of corrections) {
    assert.deepEqual([line.corrects_statement, line.correction_reason], [statementId('acme', MONTH), 'price'])
  }
  const usage = november?.statement?.lines.filter(line => line.meter === 'input' && line.charge_class === '') ?? []
  assert.equal(formatDecimal(add(...usage.map(line => line.precise_cost))), months[1].new_list_cost)
})
