/** Sources that are parked and taken up again, on a real ClickHouse and a real embedded log. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { ACCESS_LOG_TOPIC, topics, WINDOW_TOUCHED_TOPIC } from '../../schemas/topics.ts'
import { defaultReadLimits } from '../../services/api/http/read-limits.ts'
import type { Reader } from '../../services/api/http/readers.ts'
import { answerCompleteness } from '../../services/api/reports/completeness.ts'
import { delay } from '../../services/platform/clock.ts'
import { openEmbeddedEventLog } from '../../services/platform/event-log/embedded.ts'
import type { LogRecord } from '../../services/platform/event-log/port.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { consumeLines, WORKER_GROUP } from '../../services/worker/consume.ts'
import type { DecodeMessage } from '../../services/worker/decode/decode-message.ts'
import { changeSource, listSources } from '../../services/worker/sources.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { decodePlainLines, plainLineAt, plainLineCount } from './plain-lines.ts'

const START = new Date(Date.now() - 600_000).toISOString()
const directories: string[] = []
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

async function openRig(t: TestContext) {
  const { clickhouse } = await openTestClickHouse(t)
  const directory = mkdtempSync(join(tmpdir(), 'weir-parking-'))
  directories.push(directory)
  const eventLog = await openEmbeddedEventLog({ directory }, { now: Date.now })
  await eventLog.createTopics(topics)
  const running: { stop(): Promise<void> }[] = []
  t.after(async () => {
    await Promise.allSettled(running.map(worker => worker.stop()))
    await eventLog[Symbol.asyncDispose]()
  })
  const decodeHere: DecodeMessage = record => inEpoch(decodePlainLines(record), eventLog.epoch)
  const start = (changes: { decode?: DecodeMessage; clickhouse?: typeof clickhouse } = {}) => {
    const controller = new AbortController()
    const { decode = decodeHere } = changes
    const ended = consumeLines(
      {
        gather: { maxRows: 1_000, maxSizeBytes: 1e6, maxAgeMs: 20 },
        deadLetterLimit: { maxRatio: 0.5, windowLines: 40, sourceWindowLines: 10 },
        drainMs: 5_000,
        lookIntervalMs: 50,
      },
      {
        eventLog,
        clickhouse: changes.clickhouse ?? clickhouse,
        decode,
        lineAt: plainLineAt,
        lineCount: plainLineCount,
        progress: { report: () => {}, expect: () => {} },
        metrics: buildMetrics('worker'),
        logger: pino({ level: 'silent' }),
        now: Date.now,
      },
      controller.signal,
    )
    ended.catch(() => {})
    const worker = {
      ended,
      async stop() {
        controller.abort()
        await ended
      },
    }
    running.push(worker)
    return worker
  }
  const send = (source: string, lines: readonly string[]) =>
    eventLog.append(ACCESS_LOG_TOPIC, [{ partition: 0, value: Buffer.from(lines.join('\n')), headers: { source, dialect: 'plain' } }])
  const read = async (messages: number) => {
    while (((await eventLog.offsets(ACCESS_LOG_TOPIC, WORKER_GROUP))[0]?.committed ?? 0) < messages) await delay(10)
  }
  const requests = async () =>
    (await clickhouse.query<{ id: string }>('SELECT DISTINCT request_id AS id FROM {database}.attempts_raw ORDER BY id')).map(
      ({ id }) => id,
    )
  const resume = (source: string) => changeSource({ source, isParked: false, reason: 'mended' }, { clickhouse, now: Date.now })
  const completeness = async () => {
    const from = new Date(Date.now() - 3_600_000).toISOString()
    const to = new Date(Date.now() + 3_600_000).toISOString()
    return (await answerCompleteness({ from, to }, operator, { clickhouse, now: Date.now, limits })) as unknown as Books
  }
  return { clickhouse, eventLog, start, send, read, requests, resume, completeness, decodeHere }
}

const limits = { ...defaultReadLimits, timeoutMs: 30_000 }
const operator: Reader = { role: 'operator' } as Reader

/** What these tests look at of /v1/completeness. */
interface Books {
  lines: number
  parked_lines: number
  parked: readonly { source: string; lines: number }[]
  balance: readonly { lines: number; accepted_lines: number; dead_letters: number; parked_lines: number; is_balanced: boolean }[]
}

const good = (id: string) => `${id} ${START}`
const bad = Array.from({ length: 12 }, (_, index) => `junk-${index}`)

function inEpoch<Decoded extends ReturnType<typeof decodePlainLines>>(decoded: Decoded, log_epoch: string): Decoded {
  return {
    ...decoded,
    attempts: decoded.attempts.map(row => ({ ...row, log_epoch })),
    deadLetters: decoded.deadLetters.map(letter => ({ ...letter, log_epoch })),
    ledger: { ...decoded.ledger, log_epoch },
  }
}

/** Reads what was junk, as a worker would that knows the dialect. */
const mended =
  (decode: DecodeMessage): DecodeMessage =>
  (record: LogRecord) =>
    decode({
      ...record,
      value: Buffer.from(
        Buffer.from(record.value)
          .toString()
          .replaceAll(/junk-(\d+)/g, (_, n) => good(`mended-${n}`)),
      ),
    })

test('a source that sends rubbish is parked by itself; others are read on, and a restart finds it parked', async t => {
  const { clickhouse, start, send, read, requests } = await openRig(t)
  const worker = start()
  await send('noisy', bad)
  for (let message = 0; message < 20; message++) await send('noisy', bad)
  await send('good', [good('a'), good('b')])
  await read(22)
  assert.deepEqual(await requests(), ['a', 'b'])
  const [state, ...others] = await listSources(clickhouse)
  assert.deepEqual([state?.source, state?.is_parked, state?.messages, state?.lines, others], ['noisy', true, 21, 21 * 12, []])
  assert.match(
    state?.reason ?? '',
    /^12 of the last 12 lines were refused \(LINE_NOT_JSON 12\), for example weir\.access-log\.v1 partition 0/,
  )
  await worker.stop()
  const again = start()
  await send('noisy', bad)
  await send('good', [good('c')])
  await read(24)
  await again.stop()
  assert.deepEqual(await requests(), ['a', 'b', 'c'])
  assert.equal((await listSources(clickhouse))[0]?.messages, 22)
  assert.deepEqual(await clickhouse.query('SELECT count() AS letters FROM {database}.dead_letters'), [{ letters: 0 }])
})

test('the books balance while lines wait, and say how many', async t => {
  const { start, send, read, completeness } = await openRig(t)
  start()
  await send('noisy', bad)
  await send('good', [good('a'), 'one bad line', good('b')])
  await read(2)
  const { balance, parked, parked_lines, lines } = await completeness()
  const [books] = balance
  assert.deepEqual(
    [books?.lines, books?.accepted_lines, books?.dead_letters, books?.parked_lines, books?.is_balanced],
    [15, 2, 1, 12, true],
  )
  assert.deepEqual([parked_lines, lines, parked.map(({ source, lines: waiting }) => [source, waiting])], [12, 15, [['noisy', 12]]])
})

test('what waits is taken up after a mend, from its own positions, and its windows are announced', async t => {
  const { clickhouse, eventLog, start, send, read, requests, resume, completeness, decodeHere } = await openRig(t)
  const worker = start()
  for (let message = 0; message < 40; message++) await send('noisy', message % 2 === 0 ? bad : [good(`between-${message}`), ...bad])
  await read(40)
  await worker.stop()
  assert.deepEqual(await requests(), [])
  const announced = async () => (await eventLog.offsets(WINDOW_TOUCHED_TOPIC)).reduce((sum, { end }) => sum + end, 0)
  const before = await announced()
  const again = start({ decode: mended(decodeHere) })
  await resume('noisy')
  while (((await listSources(clickhouse))[0]?.messages ?? 1) > 0) await delay(20)
  await again.stop()
  assert.equal((await requests()).length, 12 + 20)
  assert.ok((await announced()) > before)
  const rows = await clickhouse.query<{ lines: number; messages: number }>(
    'SELECT uniqExact(offset, line_no) AS lines, uniqExact(offset) AS messages FROM {database}.attempts_raw',
  )
  assert.deepEqual(rows, [{ lines: 40 * 12 + 20, messages: 40 }])
  const { balance, parked_lines, parked } = await completeness()
  assert.deepEqual([balance[0]?.is_balanced, balance[0]?.accepted_lines, parked_lines, parked], [true, 500, 0, []])
  const [state] = await listSources(clickhouse)
  assert.deepEqual([state?.is_parked, state?.lines, state?.oldest_received_at], [false, 0, null])
  assert.deepEqual(await clickhouse.query("SELECT count() AS kept FROM {database}.parked_messages FINAL WHERE value != ''"), [{ kept: 0 }])
})

test('a source that is resumed and not mended is parked again, and nothing is lost', async t => {
  const { clickhouse, start, send, read, resume, completeness } = await openRig(t)
  start()
  for (let message = 0; message < 5; message++) await send('noisy', bad)
  await read(5)
  await resume('noisy')
  const parkings = () =>
    clickhouse.query<{ n: number }>("SELECT count() AS n FROM {database}.parked_sources WHERE is_parked AND source = 'noisy'")
  while (((await parkings())[0]?.n ?? 0) < 2) await delay(20)
  await send('noisy', bad)
  await read(6)
  const [state] = await listSources(clickhouse)
  assert.deepEqual([state?.is_parked, state?.messages], [true, 6])
  const { balance } = await completeness()
  assert.deepEqual([balance[0]?.parked_lines, balance[0]?.is_balanced], [72, true])
})

for (const table of ['parked_sources', 'parked_messages', 'messages_read'])
  test(`a worker that dies writing ${table} loses nothing of a source that it parks`, async t => {
    const { clickhouse, start, send, read, completeness } = await openRig(t)
    const dying = start({
      clickhouse: {
        ...clickhouse,
        insert: (name, columns, rows) => (name === table ? Promise.reject(new Error('killed')) : clickhouse.insert(name, columns, rows)),
      },
    })
    await send('noisy', bad)
    await assert.rejects(dying.ended, { message: 'killed' })
    start()
    await send('good', [good('a')])
    await read(2)
    const [state] = await listSources(clickhouse)
    assert.deepEqual([state?.source, state?.messages, state?.lines], ['noisy', 1, 12])
    const { balance } = await completeness()
    assert.deepEqual([balance[0]?.lines, balance[0]?.is_balanced], [13, true])
  })

test('a worker that dies while it takes up takes up again: no line is lost, none counts twice', async t => {
  const { clickhouse, start, send, read, resume, decodeHere, completeness } = await openRig(t)
  const worker = start()
  for (let message = 0; message < 3; message++) await send('noisy', bad)
  await read(3)
  await worker.stop()
  let isFailing = true
  const failing = {
    ...clickhouse,
    insert: async (name: string, columns: readonly string[], rows: readonly (readonly unknown[])[]) => {
      if (isFailing && name === 'parked_messages') {
        isFailing = false
        throw new Error('the mark was not written')
      }
      await clickhouse.insert(name, columns, rows)
    },
  }
  await resume('noisy')
  start({ decode: mended(decodeHere), clickhouse: failing })
  while (((await listSources(clickhouse))[0]?.messages ?? 1) > 0) await delay(20)
  const [rows] = await clickhouse.query<{ all: number; identities: number }>(
    'SELECT count() AS all, uniqExact(offset, line_no) AS identities FROM {database}.attempts_raw',
  )
  assert.deepEqual([rows?.all, rows?.identities], [72, 36])
  assert.equal((await completeness()).balance[0]?.is_balanced, true)
})
