import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { focusColumns } from '../../../services/money/focus/columns.ts'
import { focusParquet } from '../../../services/money/focus/parquet.ts'
import { focusRows } from '../../../services/money/focus/rows.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { commitments, details, statementOf } from './hand-made.ts'

const statement = statementOf([...details, ...commitments])

test('a Parquet export holds the same values as the rows', async t => {
  const { clickhouse } = await openTestClickHouse(t, { isMigrated: false })
  const folder = mkdtempSync(join(tmpdir(), 'weir-focus-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'export.parquet')
  await writeFile(file, await focusParquet(focusRows(statement), { isSplitCost: true }, { clickhouse }))
  const read = await clickhouse.query<Record<string, unknown>>('SELECT * FROM file({file:String}, Parquet)', { file })
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
