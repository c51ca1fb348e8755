import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

const { clickhouse } = await openTestClickHouse({ after }, { isMigrated: false })
await clickhouse.command('CREATE DATABASE {database}')
await clickhouse.command(
  "CREATE TABLE {database}.values (text String, small UInt16, big UInt64, cost Nullable(Decimal(38, 18)), at DateTime64(3, 'UTC')) " +
    'ENGINE = MergeTree ORDER BY text',
)
const columns = ['text', 'small', 'big', 'cost', 'at']
const good = ['good', 1, 2, '3.5', 1_751_371_200_000]

const bad: Readonly<Record<string, readonly unknown[]>> = {
  'half a surrogate pair': ['\ud800', 1, 2, '3.5', 1_751_371_200_000],
  'a fraction for an integer': ['bad', 1, 2.5, '3.5', 1_751_371_200_000],
  'a negative count': ['bad', -1, 2, '3.5', 1_751_371_200_000],
  'an amount with too many digits': ['bad', 1, 2, '123456789012345678901234567890', 1_751_371_200_000],
  'a fraction of a millisecond': ['bad', 1, 2, '3.5', 1_751_371_200_000.5],
  'text for a number': ['bad', 'one', 2, '3.5', 1_751_371_200_000],
  'too few cells': ['bad', 1],
}

for (const [what, row] of Object.entries(bad)) {
  test(`${what} is CLICKHOUSE_DATA_REFUSED and nothing of its insert is written`, async () => {
    await assert.rejects(clickhouse.insert('values', columns, [good, row, good]), { code: 'CLICKHOUSE_DATA_REFUSED', retryable: false })
    assert.deepEqual(await clickhouse.query('SELECT count() AS rows FROM {database}.values'), [{ rows: 0 }])
  })
}

test('a missing table or column is no fault of the data', async () => {
  await assert.rejects(clickhouse.insert('missing', columns, [good]), { code: 'CLICKHOUSE_QUERY_FAILED' })
  await assert.rejects(clickhouse.insert('values', [...columns, 'missing'], [[...good, 1]]), { code: 'CLICKHOUSE_QUERY_FAILED' })
})
