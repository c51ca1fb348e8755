import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { focusColumns } from '../../../services/money/focus/columns.ts'
import { focusParquet } from '../../../services/money/focus/parquet.ts'
import { focusRows } from '../../../services/money/focus/rows.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { commitments, details, statementOf } from './hand-made.ts'

const statement = statementOf([...details, ...commitments])

test('a Parquet export holds the same values as the rows', async t => {
  const { clickhouse } = await openTestClickHouse(t, { isMigrated: false })
  const file = await buffer(await focusParquet(focusRows(statement), { isSplitCost: true }, { clickhouse }))
  // In the text of the query: its account reads no files, and a parameter has a limit.
  const read = await clickhouse.query<Record<string, unknown>>(`SELECT * FROM format(Parquet, base64Decode('${file.toString('base64')}'))`)
  const columns = focusColumns({ isSplitCost: true })
  const expected = [...focusRows(statement)].map(row =>
    Object.fromEntries(
      columns.map(({ name, type }) => {
        const cell = row[name]
        if (cell === null) return [name, null]
        if (type === 'Decimal' || type === 'Integer') return [name, Number(cell)]
        return [name, type === 'DateTime' ? cell.replace('Z', '.000Z') : cell]
      }),
    ),
  )
  assert.deepEqual(read, expected)
})
