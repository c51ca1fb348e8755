/** Sources that are parked and taken up again, on a real ClickHouse and a real embedded log. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WINDOW_TOUCHED_TOPIC } from '../../schemas/topics.ts'
import { listSources } from '../../services/worker/sources.ts'
import { bad, good, mended, openRig } from './parking-rig.ts'

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
  const { clickhouse, until, eventLog, start, send, read, requests, resume, completeness, decodeHere } = await openRig(t)
  const worker = start()
  for (let message = 0; message < 40; message++) await send('noisy', message % 2 === 0 ? bad : [good(`between-${message}`), ...bad])
  await read(40)
  await worker.stop()
  assert.deepEqual(await requests(), [])
  const announced = async () => (await eventLog.offsets(WINDOW_TOUCHED_TOPIC)).reduce((sum, { end }) => sum + end, 0)
  const before = await announced()
  const again = start({ decode: mended(decodeHere) })
  await resume('noisy')
  await until(async () => (await listSources(clickhouse))[0]?.messages === 0)
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
  const { clickhouse, until, start, send, read, resume, completeness } = await openRig(t)
  start()
  for (let message = 0; message < 5; message++) await send('noisy', bad)
  await read(5)
  await resume('noisy')
  const parkings = () =>
    clickhouse.query<{ n: number }>("SELECT count() AS n FROM {database}.parked_sources WHERE is_parked AND source = 'noisy'")
  await until(async () => ((await parkings())[0]?.n ?? 0) >= 2)
  await send('noisy', bad)
  await read(6)
  const [state] = await listSources(clickhouse)
  assert.deepEqual([state?.is_parked, state?.messages], [true, 6])
  const { balance } = await completeness()
  assert.deepEqual([balance[0]?.parked_lines, balance[0]?.is_balanced], [72, true])
})

for (const table of ['parked_sources', 'parked_messages', 'messages_read'])
  test(`a worker that dies writing ${table} loses nothing of a source that it parks`, { timeout: 20_000 }, async t => {
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
  const { clickhouse, until, start, send, read, resume, decodeHere, completeness } = await openRig(t)
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
  await until(async () => (await listSources(clickhouse))[0]?.messages === 0)
  const [rows] = await clickhouse.query<{ all: number; identities: number }>(
    'SELECT count() AS all, uniqExact(offset, line_no) AS identities FROM {database}.attempts_raw',
  )
  assert.deepEqual([rows?.all, rows?.identities], [72, 36])
  assert.equal((await completeness()).balance[0]?.is_balanced, true)
})
