import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { AppError } from '../../services/platform/errors.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { buildDecoder } from '../../services/worker/decode/decode-message.ts'
import type { Cells, RawTable } from '../../services/worker/raw-tables.ts'
import { writeDeadLetters } from '../../services/worker/write-dead-letters.ts'
import { buildInMemoryClickHouse, type SentRow } from '../fakes/in-memory-clickhouse.ts'
import { accessRecord, metricsRecord } from './records.ts'

const decode = buildDecoder({ logEpoch: 'e', maxLineBytes: 64 * 1024 })
const letters = decode(accessRecord('one\ntwo\nthree\nfour')).deadLetters

/** Writes the letters to a ClickHouse that refuses inserts with such a row. */
async function written(isRefused: (row: SentRow) => boolean): Promise<{ rows: readonly SentRow[]; unstored: number }> {
  const clickhouse = buildInMemoryClickHouse()
  clickhouse.beforeInsert = async (_, rows) => {
    if (rows.some(isRefused)) throw new AppError('CLICKHOUSE_DATA_REFUSED', 'made by the test')
  }
  const metrics = buildMetrics('worker')
  const insert = (table: RawTable, rows: readonly Cells[]) => clickhouse.insert(table.name, table.columns, rows)
  await writeDeadLetters(letters, { insert, metrics })
  const unstored = /^worker_unstored_dead_letters_total\S* (\d+)$/m.exec(await metrics.registry.metrics())
  return { rows: clickhouse.rows('dead_letters'), unstored: Number(unstored?.[1] ?? 0) }
}

suite('dead letters that ClickHouse refuses', () => {
  test('one is written in a reduced form: position, hash and bytes, and its neighbours as they are', async () => {
    const { rows, unstored } = await written(row => row['line'] === 'three')
    assert.deepEqual(
      rows.map(row => row['line_no']),
      [0, 1, 3, 2],
    )
    const last = rows.at(-1)
    assert.deepEqual([last?.['line'], last?.['encoding'], last?.['code']], [btoa('three'), 'base64', 'LINE_NOT_JSON'])
    assert.ok(String(last?.['message']).includes(createHash('sha256').update('three').digest('hex')))
    assert.equal(unstored, 0)
  })

  test('one that is refused again loses its line, and one that is refused in every form is counted and ends nothing', async () => {
    const { rows, unstored } = await written(row => row['line_no'] === 1 || (row['line_no'] === 2 && row['line'] !== ''))
    assert.deepEqual(
      rows.map(row => [row['line_no'], row['line']]),
      [
        [0, 'one'],
        [3, 'four'],
        [2, ''],
      ],
    )
    assert.equal(unstored, 1)
  })

  test('any other fault is thrown on: the batch is not acknowledged', async () => {
    const insert = () => Promise.reject(new AppError('CLICKHOUSE_QUERY_FAILED', 'made by the test'))
    await assert.rejects(writeDeadLetters(letters, { insert, metrics: buildMetrics('worker') }), { code: 'CLICKHOUSE_QUERY_FAILED' })
  })
})

suite('texts of dead letters', () => {
  test('they are well-formed and bounded, whatever stands in names, values and headers', () => {
    const unit = fc.oneof(fc.constantFrom('\ud800', '\udfff', '\\ud800', '\0', '"', 'é', '{'), fc.string({ unit: 'binary', maxLength: 3 }))
    const text = fc.array(unit, { maxLength: 6 }).map(units => units.join(''))
    // As JSON of a sender: escapes stand for halves of pairs, which bytes cannot hold.
    const line = fc.oneof(
      fc.dictionary(text, text).map(value => JSON.stringify(value)),
      text,
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), text, fc.boolean(), (lines, header, isArray) => {
        const value = isArray ? `[${lines.join(',')}]` : lines.join('\n')
        for (const record of [
          accessRecord(value, { source: header, dialect: header }),
          metricsRecord(value, { pool: header, source: header }),
        ])
          for (const letter of decode(record).deadLetters) {
            for (const field of [letter.message, letter.line, letter.source]) assert.ok(field.isWellFormed(), JSON.stringify(field))
            assert.ok(letter.message.length <= 1_000)
          }
      }),
      { numRuns: 300 },
    )
    const [long] = decode(accessRecord(`{"${'x'.repeat(60_000)}":1}`)).deadLetters
    assert.equal(long?.message.length, 1_000)
    // Where a reason is cut, one of the two stands inside of a pair.
    for (const pad of ['', 'x']) {
      const [cut] = decode(accessRecord(`{"${pad}${'😀'.repeat(5_000)}":1}`)).deadLetters
      assert.ok(cut?.message.isWellFormed())
    }
  })
})
