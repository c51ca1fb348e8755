import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { createClient } from '@clickhouse/client'
import fc from 'fast-check'
import { nativeBlock } from '../../../services/platform/clickhouse/native-block.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

const types = {
  id: 'UInt32',
  text: 'String',
  shared: 'LowCardinality(String)',
  flag: 'Bool',
  tiny: 'UInt8',
  small: 'UInt16',
  big: 'UInt64',
  ratio: 'Float64',
  second: "DateTime('UTC')",
  at: "DateTime64(3, 'UTC')",
  maybe_at: "Nullable(DateTime64(3, 'UTC'))",
  maybe_count: 'Nullable(UInt16)',
  maybe_ratio: 'Nullable(Float64)',
  maybe_cost: 'Nullable(Decimal(38, 18))',
} as const
const names = Object.keys(types) as (keyof typeof types)[]
const columns = names.map(name => ({ name, type: types[name] }))

const { clickhouse, url, owner } = await openTestClickHouse({ after }, { isMigrated: false })
await clickhouse.command('CREATE DATABASE {database}')
for (const table of ['blocks', 'texts'])
  await clickhouse.command(
    `CREATE TABLE {database}.${table} (${columns.map(({ name, type }) => `${name} ${type}`).join(', ')}) ENGINE = MergeTree ORDER BY id`,
  )

const client = createClient({ url, ...owner })
after(() => client.close())

/** The server's own reading of the same rows as JSON text, which is what blocks must come to. */
async function insertAsJson(rows: readonly (readonly unknown[])[]): Promise<void> {
  await client.insert({
    table: `${clickhouse.database}.texts`,
    columns: names as unknown as [string, ...string[]],
    values: rows,
    format: 'JSONCompactEachRow',
    // Its fast parser of floats is off by one in the last place.
    clickhouse_settings: { precise_float_parsing: 1 },
  })
}

const stored = async (table: string) =>
  await clickhouse.query(`SELECT * REPLACE (reinterpretAsUInt64(ratio) AS ratio, hex(text) AS text) FROM {database}.${table} ORDER BY id`)

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'binary', minLength: 120, maxLength: 200 }),
  fc.constant('same'),
)
const cells = fc.tuple(
  text,
  text,
  fc.boolean(),
  fc.integer({ min: 0, max: 0xff }),
  fc.integer({ min: 0, max: 0xffff }),
  fc.maxSafeNat(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).map(value => value + 0),
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2261, 0, 1) }),
  fc.option(fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2261, 0, 1) })),
  fc.option(fc.integer({ min: 0, max: 0xffff })),
  fc.option(fc.integer({ min: 0, max: 1_000_000 }).map(thousandths => thousandths / 1000)),
  fc.option(
    fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 19n - 1n }), fc.stringMatching(/^(\.\d{1,18})?$/)).map(([whole, part]) => `${whole}${part}`),
  ),
)

suite('rows as a Native block', () => {
  test('any rows come to what the server makes of them as JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(cells, { minLength: 1, maxLength: 80 }), async values => {
        for (const table of ['blocks', 'texts']) await clickhouse.command(`TRUNCATE TABLE {database}.${table}`)
        const rows = values.map((value, id) => [id, ...value])
        await clickhouse.insertBlocks('blocks', names, [nativeBlock(columns, rows) ?? assert.fail('not packed')])
        await insertAsJson(rows)
        assert.deepEqual(await stored('blocks'), await stored('texts'))
      }),
      { numRuns: 40 },
    )
  })

  for (const distinct of [256, 257, 65_537]) {
    test(`a column of ${distinct} distinct texts keeps each in its row`, async () => {
      await clickhouse.command('TRUNCATE TABLE {database}.blocks')
      const rows = Array.from({ length: distinct + 10 }, (_, id) => [id, `value ${id % distinct}`])
      const two = columns.filter(({ name }) => name === 'id' || name === 'shared')
      await clickhouse.insertBlocks('blocks', ['id', 'shared'], [nativeBlock(two, rows) ?? assert.fail('not packed')])
      const [found] = await clickhouse.query(
        `SELECT count() AS rows, uniqExact(shared) AS texts, countIf(shared != concat('value ', toString(id % ${distinct}))) AS wrong ` +
          `FROM {database}.blocks`,
      )
      assert.deepEqual(found, { rows: distinct + 10, texts: distinct, wrong: 0 })
    })
  }

  test('several blocks in one insert are all its rows', async () => {
    await clickhouse.command('TRUNCATE TABLE {database}.blocks')
    const two = columns.filter(({ name }) => name === 'id' || name === 'shared')
    const blocks = [0, 1, 2].map(
      part =>
        nativeBlock(two, [
          [10 * part, `of ${part}`],
          [10 * part + 1, 'of all'],
        ]) ?? assert.fail('not packed'),
    )
    await clickhouse.insertBlocks('blocks', ['id', 'shared'], blocks)
    assert.deepEqual(
      (await clickhouse.query<{ shared: string }>('SELECT shared FROM {database}.blocks ORDER BY id')).map(({ shared }) => shared),
      ['of 0', 'of all', 'of 1', 'of all', 'of 2', 'of all'],
    )
  })

  const odd: readonly [keyof typeof types, unknown][] = [
    ['text', 7],
    ['text', 'half a pair \ud800'],
    ['shared', '\udc00'],
    ['shared', 7],
    ['flag', 1],
    ['tiny', 256],
    ['small', -1],
    ['small', 1.5],
    ['small', '1'],
    ['big', 2 ** 53],
    ['big', 18446744073709551615n],
    ['ratio', Number.NaN],
    ['ratio', Number.POSITIVE_INFINITY],
    ['at', 1_790_000_000],
    ['at', 9_999_999_999_999],
    ['at', '2026-01-01'],
    ['maybe_cost', 1.5],
    ['maybe_cost', '-1'],
    ['maybe_cost', '1e3'],
    ['maybe_cost', '123456789012345678901'],
  ]
  for (const [name, value] of odd) {
    const shown = JSON.stringify(typeof value === 'bigint' ? String(value) : value)
    test(`${typeof value} ${shown} for ${types[name]} is left to the server`, () => {
      assert.equal(nativeBlock([{ name, type: types[name] }], [[value]]), undefined)
    })
  }

  test('a type that is not encoded here, and a row of another length, are left to the server', () => {
    assert.equal(nativeBlock([{ name: 'map', type: 'Map(String, UInt8)' }], [[{}]]), undefined)
    assert.equal(nativeBlock([{ name: 'id', type: 'UInt32' }], [[1, 2]]), undefined)
  })

  test('a table whose column changed its type since the last insert still takes what fits', async () => {
    await clickhouse.command('CREATE TABLE {database}.changing (id UInt32, value String) ENGINE = MergeTree ORDER BY id')
    await clickhouse.insert('changing', ['id', 'value'], [[1, '11']])
    await clickhouse.command('ALTER TABLE {database}.changing MODIFY COLUMN value UInt16')
    await clickhouse.insert('changing', ['id', 'value'], [[2, '22']])
    await clickhouse.insert('changing', ['id', 'value'], [[3, 33]])
    await assert.rejects(clickhouse.insert('changing', ['id', 'value'], [[4, 'none']]), { code: 'CLICKHOUSE_DATA_REFUSED' })
    assert.deepEqual(await clickhouse.query('SELECT id, value FROM {database}.changing ORDER BY id'), [
      { id: 1, value: 11 },
      { id: 2, value: 22 },
      { id: 3, value: 33 },
    ])
  })
})
