import assert from 'node:assert/strict'
import { test } from 'node:test'
import { detailKeyFields, lineKeyFields, summedFields } from '../../../services/money/statements/detail.ts'
import { statementsCsv } from '../../../services/money/statements/statement-csv.ts'
import { basisFields, detailFields, headFields, lineFields } from '../../../services/money/statements/statement-fields.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

type Fields = Readonly<Record<string, { type: string }>>

test('the tables of closed statements have the columns of the field table, each with its type, and no other', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const tables: Record<string, { fields: Fields; own: string[] }> = {
    statements: { fields: { ...headFields, ...basisFields }, own: ['version', 'windows_fingerprint'] },
    statement_lines: { fields: lineFields, own: ['statement_id', 'version'] },
    statement_details: { fields: detailFields, own: ['statement_id', 'version'] },
  }
  for (const [table, { fields, own }] of Object.entries(tables)) {
    const rows = await clickhouse.query<{ name: string; type: string }>(
      'SELECT name, type FROM system.columns WHERE database = {db:String} AND table = {table:String}',
      { db: clickhouse.database, table },
    )
    const plain = rows.filter(row => !own.includes(row.name)).map(row => [row.name, row.type.replace(/^LowCardinality\((.*)\)$/, '$1')])
    assert.deepEqual(
      Object.fromEntries(plain),
      Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, type])),
      `columns of ${table}`,
    )
    assert.deepEqual(
      own.filter(name => !rows.some(row => row.name === name)),
      [],
      `${table} has its own columns`,
    )
  }
})

test('every field of a line tells lines apart, tells details apart or adds up, but what only carries', () => {
  const has: readonly string[] = [...lineKeyFields, ...detailKeyFields, ...summedFields]
  assert.deepEqual(
    Object.keys(detailFields).filter(name => !has.includes(name)),
    ['line_no', 'allocated_ratio', 'allocated_method'],
  )
  assert.equal(new Set(has).size, has.length)
  const orders = Object.values(lineFields as Record<string, { keyOrder?: number }>).flatMap(({ keyOrder }) => keyOrder ?? [])
  assert.deepEqual(
    orders.sort((a, b) => a - b),
    Array.from({ length: lineKeyFields.length }, (_, index) => index + 1),
    'the places of the keys are one each',
  )
})

test('the CSV has a column for every field of a line, in the order of the table', () => {
  const header = statementsCsv([]).trimEnd().split(',')
  assert.deepEqual(header.slice(header.indexOf('line_no')), Object.keys(lineFields))
})
