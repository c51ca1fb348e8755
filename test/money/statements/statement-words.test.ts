import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDecimal } from '../../../services/money/decimal.ts'
import { buildStatement, type StatementHead } from '../../../services/money/statements/build-statement.ts'
import { type Detail, detail, HOUSE_TENANT } from '../../../services/money/statements/detail.ts'
import { statementsCsv } from '../../../services/money/statements/statement-csv.ts'
import { statementText } from '../../../services/money/statements/statement-text.ts'
import { remarks } from '../../../services/money/statements/statement-words.ts'
import { monthOf } from './random-month.ts'

const d = parseDecimal
const counts = { requests: 0, attempts: 0, windows: 0, raw_rows: 0, lines_received: 0, lines_accounted: 0 }
const head = (facts: Partial<StatementHead> & { counts?: Partial<typeof counts> }): StatementHead => ({
  ...{ issuer: 'Platform', tenant_id: HOUSE_TENANT, tenant_name: 'Costs of no tenant', team: '', cost_centre: '', gl_code: '', tags: {} },
  ...{ month: '2026-03', time_zone: 'UTC', period_start_ms: monthOf('UTC').start_ms, period_end_ms: monthOf('UTC').end_ms },
  currency: 'USD',
  basis: { price_version: 1, terms_version: 1, positions: [], corrected: [], ...counts, ...facts.counts },
  ...facts,
})
const costing = (text: string, facts: Partial<Detail>) => detail({ precise_cost: d(text), effective_cost: d(text), ...facts })
const pool = costing('25215.3', { meter: 'gpu_unattributed', upstream_kind: 'pool', upstream: 'llama' })
const titles = (of: StatementHead, details: Detail[]) => remarks(buildStatement(of, details)).map(({ title }) => title)

test('a month in which no line was received says why something is owed all the same', () => {
  const shared = costing('900', { meter: 'shared_cost', description: 'Audit' })
  const [remark] = remarks(buildStatement(head({}), [pool, shared]))
  assert.equal(remark?.title, 'No line was received')
  assert.match(remark?.text ?? '', /25,215\.30 USD for pools, which cost by the hour.*; 900\.00 USD for shared costs/)
  assert.match(statementText(buildStatement(head({}), [pool])), /no line was received in this month; prices version/)
  // The house says nothing of it where lines were received, a tenant where it had a request.
  assert.deepEqual(titles(head({ counts: { lines_received: 1, lines_accounted: 1 } }), [pool]), [])
  assert.deepEqual(titles(head({ tenant_id: 'acme', counts: { lines_received: 9 } }), [pool]), ['No request was counted'])
  assert.deepEqual(titles(head({ tenant_id: 'acme', counts: { requests: 1 } }), [pool]), [])
  assert.deepEqual(titles(head({}), []), [], 'and nothing where nothing is owed')
})

test('where several exchange rates applied a line has none, and an empty field in CSV; its details have each', () => {
  const day = (rate: string, start: number) =>
    costing('1', { upstream_kind: 'provider', pricing_currency: 'EUR', exchange_rate: d(rate), charge_period_start_ms: start })
  const several = buildStatement(head({}), [day('1.1', 1), day('1.2', 2)])
  assert.deepEqual([several.lines.length, several.lines[0]?.exchange_rate], [1, null])
  assert.deepEqual(
    several.details.map(item => item.exchange_rate),
    [d('1.1'), d('1.2')],
  )
  const column = (statement: typeof several) => {
    const [names = '', line = ''] = statementsCsv([statement]).split('\r\n')
    return line.split(',')[names.split(',').indexOf('exchange_rate')]
  }
  assert.equal(column(several), '')
  assert.equal(column(buildStatement(head({}), [day('1.1', 1), day('1.1', 2)])), '1.1')
})
