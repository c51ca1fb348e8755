import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { attemptsRaw } from '../../schemas/tables.ts'
import { AppError, type ErrorCode } from '../../services/platform/errors.ts'
import type { LogRecord, NewRecord } from '../../services/platform/event-log/port.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { flushBatch } from '../../services/worker/flush.ts'
import { type Batch, buildGatherer } from '../../services/worker/gather.ts'
import type { Packing } from '../../services/worker/packing.ts'
import type { Cells } from '../../services/worker/raw-tables.ts'
import { buildInMemoryClickHouse } from '../fakes/in-memory-clickhouse.ts'
import { decodePlainLines, plainLineAt, recordOf } from './plain-lines.ts'

const at = (time: string) => `2026-07-01T${time}Z`
const goodAndBad = recordOf(4, `a ${at('12:00:00.000')}\nbroken {\u0000\nb ${at('12:00:59.999')}\nc ${at('12:01:00.000')}`)

suite('flushing a batch', () => {
  test('rows, then ledger, then dead letters, then windows, and only then the commit', async () => {
    const { deps, steps } = recorder()
    assert.deepEqual(await flushBatch(await batchOf([goodAndBad]), deps), new Map())
    assert.deepEqual(steps, [
      'insert attempts_raw 3',
      'insert dead_letters 1',
      'insert messages_read 1',
      'append weir.dead-letter.v1 1',
      'append weir.window-touched.v1 2',
      'commit weir.access-log.v1/0 5',
    ])
  })

  for (const step of [
    'insert attempts_raw',
    'insert dead_letters',
    'insert messages_read',
    'append weir.dead-letter.v1',
    'append weir.window-touched.v1',
  ]) {
    test(`nothing is committed when the process dies at: ${step}`, async () => {
      const { deps, steps, failAt } = recorder()
      failAt(step, new Error('killed'))
      await assert.rejects(flushBatch(await batchOf([goodAndBad]), deps), { message: 'killed' })
      assert.deepEqual(
        steps.filter(taken => taken.startsWith('commit')),
        [],
      )
    })
  }

  test('every touched window is announced once, with its rows and the oldest receipt, keyed by its start', async () => {
    const { deps, appended } = recorder()
    const later = recordOf(9, `d ${at('12:01:30.000')}\ne ${at('11:00:00.000')}`, { partition: 3 })
    await flushBatch(await batchOf([later, goodAndBad]), deps)
    const announced = appended.get('weir.window-touched.v1') ?? []
    const receipt = Date.UTC(2026, 6, 1, 12, 5, 0)
    assert.deepEqual(
      announced.map(record => [record.key, JSON.parse(textOf(record))]),
      [
        [String(Date.UTC(2026, 6, 1, 11, 0)), touched(Date.UTC(2026, 6, 1, 11, 0), 1, receipt + 9)],
        [String(Date.UTC(2026, 6, 1, 12, 0)), touched(Date.UTC(2026, 6, 1, 12, 0), 2, receipt + 4)],
        [String(Date.UTC(2026, 6, 1, 12, 1)), touched(Date.UTC(2026, 6, 1, 12, 1), 2, receipt + 4)],
      ],
    )
  })

  test('a dead letter keeps the bytes of its line, its reason and its position, in the table and in the topic', async () => {
    const { deps, appended, clickhouse } = recorder()
    await flushBatch(await batchOf([goodAndBad]), deps)
    const [record] = appended.get('weir.dead-letter.v1') ?? []
    assert.ok(record)
    assert.equal(textOf(record), 'broken {\u0000')
    assert.deepEqual(record.headers, {
      code: 'LINE_NOT_JSON',
      message: 'no plain line: broken {\u0000',
      source: 'test',
      topic: 'weir.access-log.v1',
      partition: '0',
      offset: '4',
      'line-no': '1',
    })
    const [row] = clickhouse.rows('dead_letters')
    assert.deepEqual([row?.['line'], row?.['code'], row?.['offset'], row?.['line_no']], ['broken {\u0000', 'LINE_NOT_JSON', 4, 1])
  })

  test('a commit for a partition that was taken away is skipped and the others are still committed', async () => {
    const { deps, steps, failAt } = recorder()
    failAt('commit weir.access-log.v1/0', error('EVENT_LOG_NOT_OWNER'))
    const other = recordOf(7, `x ${at('12:00:00.000')}`, { partition: 1 })
    await flushBatch(await batchOf([goodAndBad, other]), deps)
    assert.deepEqual(
      steps.filter(step => step.startsWith('commit')),
      ['commit weir.access-log.v1/1 8'],
    )
  })

  test('any other failure of a commit is not swallowed', async () => {
    const { deps, failAt } = recorder()
    failAt('commit weir.access-log.v1/0', error('EVENT_LOG_GAP'))
    await assert.rejects(flushBatch(await batchOf([goodAndBad]), deps), { code: 'EVENT_LOG_GAP' })
  })

  test('offsets are given back uncommitted while the dead letters are in doubt, although the rows are written', async () => {
    const { deps, steps, clickhouse } = recorder()
    const offsets = await flushBatch(await batchOf([goodAndBad]), { ...deps, limit: { mayCommit: () => false } })
    assert.deepEqual(offsets, new Map([['weir.access-log.v1', new Map([[0, 5]])]]))
    assert.equal(clickhouse.rows('attempts_raw').length, 3)
    assert.deepEqual(
      steps.filter(step => step.startsWith('commit')),
      [],
    )
  })

  test('a line that ClickHouse refuses becomes a dead letter, all its rows and no neighbour, and the ledger balances', async () => {
    const { deps, clickhouse, appended } = recorder()
    clickhouse.beforeInsert = async (table, rows) => {
      // One row of the line is refused; ClickHouse writes nothing of an insert with a bad row.
      if (table === 'attempts_raw' && rows.some(row => row['request_id'] === 'poison' && row['row_no'] === 1))
        throw error('CLICKHOUSE_DATA_REFUSED')
    }
    const record = recordOf(4, `a ${at('12:00:00.000')}\ntwice poison ${at('12:03:00.000')}\nbroken\nb ${at('12:00:01.000')}`)
    await flushBatch(await batchOf([record]), deps)
    assert.deepEqual(
      clickhouse.rows('attempts_raw').map(row => row['request_id']),
      ['a', 'b'],
    )
    assert.deepEqual(
      clickhouse.rows('dead_letters').map(row => [row['line_no'], row['line'], row['code']]),
      [
        [2, 'broken', 'LINE_NOT_JSON'],
        [1, `twice poison ${at('12:03:00.000')}`, 'LINE_FIELD_INVALID'],
      ],
    )
    // The topic has what the table has: whoever replays dead letters from it must find refused rows there too.
    assert.deepEqual(
      (appended.get('weir.dead-letter.v1') ?? []).map(letter => [letter.headers?.['line-no'], textOf(letter), letter.headers?.['code']]),
      clickhouse.rows('dead_letters').map(row => [String(row['line_no']), row['line'], row['code']]),
    )
    const [entry] = clickhouse.rows('messages_read')
    assert.deepEqual([entry?.['lines'], entry?.['rows'], entry?.['accepted_lines'], entry?.['dead_letters']], [4, 2, 2, 2])
    const windows = (appended.get('weir.window-touched.v1') ?? []).map(announced => announced.key)
    assert.deepEqual(windows, [String(Date.UTC(2026, 6, 1, 12, 0))])
  })

  test('a dead letter too large for a record is cut in the topic, says so, and stays whole in the table', async () => {
    const { deps, appended, clickhouse } = recorder()
    const line = 'x'.repeat(1_040_000)
    await flushBatch(await batchOf([recordOf(1, line)]), deps)
    const [record] = appended.get('weir.dead-letter.v1') ?? []
    assert.equal(record?.headers?.['cut-from-bytes'], '1040000')
    assert.ok(record && record.value.byteLength < 1_000_000)
    assert.equal(clickhouse.rows('dead_letters')[0]?.['line'], line)
  })

  test('a batch that holds only offsets writes nothing and commits them', async () => {
    const { deps, steps } = recorder()
    const empty = await batchOf([])
    empty.nextOffsets.set('weir.access-log.v1', new Map([[2, 11]]))
    await flushBatch(empty, deps)
    assert.deepEqual(steps, ['commit weir.access-log.v1/2 11'])
  })
})

suite('flushing a batch of packed rows', () => {
  test('blocks are written in one insert, counted and announced as rows are', async () => {
    const { deps, steps, appended } = recorder()
    const written: unknown[] = []
    deps.clickhouse.insertBlocks = async (table, columns, blocks) => void written.push([table, columns.length, blocks.map(String)])
    const [plain, packed] = [recorder(), await batchOf([goodAndBad, recordOf(5, `d ${at('12:01:30.000')}`)], packText)]
    await flushBatch(packed, deps)
    await flushBatch(await batchOf([goodAndBad, recordOf(5, `d ${at('12:01:30.000')}`)]), plain.deps)
    assert.deepEqual(written, [['attempts_raw', attemptsRaw.columns.length, ['a b c', 'd']]])
    assert.deepEqual(
      steps,
      plain.steps.filter(step => !step.startsWith('insert attempts_raw')),
    )
    assert.deepEqual(
      (appended.get('weir.window-touched.v1') ?? []).map(textOf),
      (plain.appended.get('weir.window-touched.v1') ?? []).map(textOf),
    )
    assert.match(await deps.metrics.registry.metrics(), /^worker_rows_total\{.*attempts_raw.*\} 4$/m)
  })

  test('nothing is committed when the process dies at their insert', async () => {
    const { deps, steps } = recorder()
    deps.clickhouse.insertBlocks = () => Promise.reject(new Error('killed'))
    await assert.rejects(flushBatch(await batchOf([goodAndBad], packText), deps), { message: 'killed' })
    assert.deepEqual(steps, [])
  })

  test('of blocks that the server refuses only the line at fault becomes a dead letter; its neighbours are announced once', async () => {
    const { deps, clickhouse, appended } = recorder()
    deps.clickhouse.insertBlocks = () => Promise.reject(new AppError('CLICKHOUSE_DATA_REFUSED', 'made by the test'))
    clickhouse.beforeInsert = async (table, rows) => {
      if (table === 'attempts_raw' && rows.some(row => row['request_id'] === 'b')) throw new AppError('CLICKHOUSE_DATA_REFUSED', 'not b')
    }
    await flushBatch(await batchOf([goodAndBad], packText), deps)
    assert.deepEqual(
      clickhouse.rows('attempts_raw').map(row => row['request_id']),
      ['a', 'c'],
    )
    assert.deepEqual(
      clickhouse
        .rows('dead_letters')
        .map(row => row['code'])
        .sort(),
      ['LINE_FIELD_INVALID', 'LINE_NOT_JSON'],
    )
    assert.deepEqual(
      (appended.get('weir.dead-letter.v1') ?? []).map(letter => letter.headers?.['code']),
      clickhouse.rows('dead_letters').map(row => row['code']),
    )
    assert.deepEqual(
      (appended.get('weir.window-touched.v1') ?? []).map(record => (JSON.parse(textOf(record)) as { rows: number }).rows),
      [1, 1],
    )
  })
})

/** Packs rows as the names of their requests. */
const packText = {
  pack: (rows: readonly Cells[]) => Buffer.from(rows.map(row => row[attemptsRaw.columns.indexOf('request_id')]).join(' ')),
}

function recorder() {
  const steps: string[] = []
  const appended = new Map<string, readonly NewRecord[]>()
  const faults = new Map<string, Error>()
  const clickhouse = buildInMemoryClickHouse()
  const step = async (name: string, count: number) => {
    const fault = faults.get(name)
    if (fault) throw fault
    steps.push(`${name} ${count}`)
  }
  clickhouse.afterInsert = async (table, rows) => await step(`insert ${table}`, rows.length)
  const deps = {
    clickhouse,
    eventLog: {
      append: async (topic: string, records: readonly NewRecord[]) => {
        await step(`append ${topic}`, records.length)
        appended.set(topic, records)
      },
    },
    consumer: { commit: async (topic: string, partition: number, next: number) => await step(`commit ${topic}/${partition}`, next) },
    limit: { mayCommit: () => true },
    decode: decodePlainLines,
    lineAt: plainLineAt,
    metrics: buildMetrics('worker'),
    persist: async <T>(_: string, operation: () => Promise<T>) => await operation(),
    now: () => Date.UTC(2026, 6, 1, 12, 5, 1),
  }
  return { deps, steps, appended, clickhouse, failAt: (name: string, fault: Error) => void faults.set(name, fault) }
}

async function batchOf(records: readonly LogRecord[], packing?: Pick<Packing, 'pack'>): Promise<Batch> {
  const gatherer = buildGatherer({ maxRows: 1_000, maxSizeBytes: 1e9, maxAgeMs: 1e6 }, packing)
  // A batch always begins with a message; where a test wants none it empties that one again.
  for (const record of records) await gatherer.add(record, decodePlainLines)
  if (records.length === 0) gatherer.giveBack(new Map([['none', new Map([[0, 0]])]]))
  gatherer.close()
  const batch = (await gatherer.take()) as Batch
  batch.nextOffsets.delete('none')
  return batch
}

function touched(window_start_ms: number, rows: number, oldest_received_at_ms: number): object {
  return { window_start_ms, cause: 'rows', rows, oldest_received_at_ms }
}

function textOf(record: NewRecord): string {
  return Buffer.from(record.value).toString('utf8')
}

function error(code: ErrorCode): AppError {
  return new AppError(code, `made by the test: ${code}`)
}
