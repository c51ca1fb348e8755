import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AppError } from '../../services/platform/errors.ts'
import { insertRows } from '../../services/worker/insert-rows.ts'
import type { Cells, RawTable } from '../../services/worker/raw-tables.ts'

const table = { name: 'rows', columns: ['line', 'row', 'is_bad'] }
const isSameLine = (a: Cells, b: Cells) => a[0] === b[0]

test('exactly the lines with a bad row are refused and every other row is written once, in order', async () => {
  const lines = fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(lines, async isBad => {
      const rows: Cells[] = isBad.flatMap((ofLine, line) => ofLine.map((bad, row) => [line, row, bad]))
      const written: Cells[] = []
      const refused = await insertRows(table, rows, { insert: strictServer(written), isSameLine })
      const badLines = isBad.flatMap((ofLine, line) => (ofLine.includes(true) ? [line] : []))
      assert.deepEqual(
        refused.map(({ rows: [first] }) => first?.[0]),
        badLines,
      )
      assert.deepEqual(
        refused.flatMap(line => line.rows),
        rows.filter(([line]) => badLines.includes(line as number)),
      )
      assert.deepEqual(
        written,
        rows.filter(([line]) => !badLines.includes(line as number)),
      )
    }),
  )
})

test('one bad row among 20,000 costs a few dozen inserts, not thousands', async () => {
  const rows: Cells[] = Array.from({ length: 20_000 }, (_, line) => [line, 0, line === 12_345])
  let inserts = 0
  const insert = strictServer([])
  const counted = async (...parameters: Parameters<typeof insert>) => {
    inserts++
    await insert(...parameters)
  }
  const refused = await insertRows(table, rows, { insert: counted, isSameLine })
  assert.deepEqual(
    refused.map(line => line.rows),
    [[[12_345, 0, true]]],
  )
  assert.ok(inserts <= 32, `${inserts} inserts`)
})

test('a fault that is not the data is thrown on and splits nothing', async () => {
  let inserts = 0
  const insert = () => {
    inserts++
    return Promise.reject(new AppError('CLICKHOUSE_QUERY_FAILED', 'no such table'))
  }
  await assert.rejects(insertRows(table, [[1], [2]], { insert, isSameLine }), { code: 'CLICKHOUSE_QUERY_FAILED' })
  assert.equal(inserts, 1)
})

/** Writes an insert whole or, with a bad row in it, not at all. */
function strictServer(written: Cells[]) {
  return async (_: RawTable, rows: readonly Cells[]) => {
    if (rows.some(row => row[2] === true)) throw new AppError('CLICKHOUSE_DATA_REFUSED', 'a bad value')
    written.push(...rows)
  }
}
