import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { topics, WINDOW_SETTLED_TOPIC, WINDOW_TOUCHED_TOPIC } from '../../schemas/topics.ts'
import type { WindowSettled, WindowTouched } from '../../schemas/window-events.ts'
import { delay, MINUTE, systemNow } from '../../services/platform/clock.ts'
import { AppError } from '../../services/platform/errors.ts'
import { buildProgress } from '../../services/platform/health.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { SETTLE_GROUP, settleTouched } from '../../services/settle/run-settle.ts'
import { buildInMemoryEventLog, type InMemoryEventLog } from '../fakes/in-memory-event-log.ts'
import { until } from '../fakes/until.ts'
import { noPrices, WINDOW_MS } from './attempt-rows.ts'
import { buildScriptedClickHouse, type ScriptedClickHouse } from './scripted-clickhouse.ts'

const minute = (n: number) => WINDOW_MS + n * MINUTE

interface Running {
  /** Aborts and gives what the loop ended with. */
  stop(): Promise<unknown>
  ended: Promise<unknown>
}

function start(clickhouse: ScriptedClickHouse, eventLog: InMemoryEventLog): Running {
  const controller = new AbortController()
  const deps = {
    eventLog,
    clickhouse,
    prices: noPrices,
    metrics: buildMetrics('settle'),
    progress: buildProgress(systemNow, { stalledAfterMs: MINUTE }),
    logger: pino({ level: 'silent' }),
    now: systemNow,
  }
  const ended = settleTouched({ quietMs: 5, maxWaitMs: 100 }, deps, controller.signal).then(
    () => undefined,
    (error: unknown) => error,
  )
  return {
    ended,
    async stop() {
      controller.abort()
      return await ended
    },
  }
}

async function touch(eventLog: InMemoryEventLog, windowMs: number, facts: Partial<WindowTouched> = {}, partition?: number): Promise<void> {
  const event: WindowTouched = { window_start_ms: windowMs, cause: 'rows', rows: 1, oldest_received_at_ms: windowMs, ...facts }
  const record = { key: String(windowMs), value: Buffer.from(JSON.stringify(event)), ...(partition === undefined ? {} : { partition }) }
  await eventLog.append(WINDOW_TOUCHED_TOPIC, [record])
}

/** Resolves when `isSo` holds; the test runner's own limit ends a wait for ever. */
async function lag(eventLog: InMemoryEventLog): Promise<number> {
  const offsets = await eventLog.offsets(WINDOW_TOUCHED_TOPIC, SETTLE_GROUP)
  return offsets.reduce((sum, { first, end, committed }) => sum + end - (committed ?? first), 0)
}

function announced(eventLog: InMemoryEventLog): number[] {
  return eventLog
    .recordsOf(WINDOW_SETTLED_TOPIC)
    .map(record => (JSON.parse(Buffer.from(record.value).toString()) as WindowSettled).window_start_ms)
}

const unavailable = () => Promise.reject(new AppError('CLICKHOUSE_UNAVAILABLE', 'the server is starting'))

test('touched windows are published, announced and then committed', async () => {
  const clickhouse = buildScriptedClickHouse()
  const eventLog = buildInMemoryEventLog({ topics })
  const committedAtPublish: number[] = []
  clickhouse.beforePublish = async () => void committedAtPublish.push(await lag(eventLog))
  for (const n of [0, 1, 2]) await touch(eventLog, minute(n))
  const running = start(clickhouse, eventLog)
  await until(async () => (await lag(eventLog)) === 0)
  assert.equal(await running.stop(), undefined)
  assert.deepEqual(clickhouse.published.toSorted(), [0, 1, 2].map(minute))
  assert.deepEqual(announced(eventLog).toSorted(), [0, 1, 2].map(minute))
  // Nothing of a window is committed before it is published: each waits until then, with those that are published after it.
  assert.equal(committedAtPublish.length, 3)
  for (const [before, waiting] of committedAtPublish.entries())
    assert.ok(waiting >= 3 - before, `${waiting} waited for the ${before + 1}th`)
})

test('a window that cannot be settled for now is tried again by itself and committed only then; the others go on', async () => {
  const clickhouse = buildScriptedClickHouse()
  const eventLog = buildInMemoryEventLog({ topics })
  let failures = 0
  clickhouse.beforePublish = async window => {
    if (window === minute(0) && ++failures <= 2) await unavailable()
  }
  await touch(eventLog, minute(0))
  await touch(eventLog, minute(1))
  const running = start(clickhouse, eventLog)
  await until(() => clickhouse.published.includes(minute(1)))
  assert.ok(!clickhouse.published.includes(minute(0)))
  await until(async () => (await lag(eventLog)) === 0)
  await running.stop()
  assert.deepEqual(clickhouse.published, [minute(1), minute(0)])
  assert.equal(failures, 3)
})

test('a statement that ClickHouse refuses for good ends the loop with its error, and nothing of the window is committed', async () => {
  const clickhouse = buildScriptedClickHouse()
  const eventLog = buildInMemoryEventLog({ topics })
  clickhouse.beforePublish = () => Promise.reject(new AppError('CLICKHOUSE_QUERY_FAILED', 'no such column'))
  await touch(eventLog, minute(0))
  const error = await start(clickhouse, eventLog).ended
  assert.equal((error as AppError).code, 'CLICKHOUSE_QUERY_FAILED')
  assert.equal(await lag(eventLog), 1)
})

test('an announcement that is not taken leaves the window uncommitted, and it is announced with the next try', async () => {
  const clickhouse = buildScriptedClickHouse()
  let refusals = 0
  const beforeAppend = async (topic: string) => {
    if (topic === WINDOW_SETTLED_TOPIC && ++refusals <= 1) throw new AppError('EVENT_LOG_UNAVAILABLE', 'no leader')
  }
  const eventLog = buildInMemoryEventLog({ topics, beforeAppend })
  await touch(eventLog, minute(0))
  const running = start(clickhouse, eventLog)
  await until(() => refusals === 1)
  assert.equal(await lag(eventLog), 1)
  await until(async () => (await lag(eventLog)) === 0)
  await running.stop()
  assert.deepEqual(announced(eventLog), [minute(0)])
})

test('windows that share requests are settled too, and that ends after one level', async () => {
  const rows = new Map<number, number>()
  const clickhouse = buildScriptedClickHouse(window => rows.get(window) ?? 10)
  // A chain: each window shares requests with the ones beside it.
  clickhouse.neighbours = window => [window - MINUTE, window + MINUTE]
  const eventLog = buildInMemoryEventLog({ topics })
  await touch(eventLog, minute(5))
  const running = start(clickhouse, eventLog)
  await until(async () => announced(eventLog).length === 3 && (await lag(eventLog)) === 0)
  await delay(50)
  assert.equal(await running.stop(), undefined)
  assert.deepEqual(clickhouse.published.toSorted(), [4, 5, 6].map(minute))
  assert.equal(eventLog.recordsOf(WINDOW_TOUCHED_TOPIC).length, 3)
})

test('a dependency that finds nothing changed publishes nothing, but announces the version in place', async () => {
  let grown = 0
  const clickhouse = buildScriptedClickHouse(() => 10 + grown)
  const eventLog = buildInMemoryEventLog({ topics })
  const running = start(clickhouse, eventLog)
  await touch(eventLog, minute(0))
  await until(() => announced(eventLog).length === 1)
  await touch(eventLog, minute(0), { cause: 'dependency' })
  await until(() => announced(eventLog).length === 2)
  assert.equal(clickhouse.published.length, 1)
  const [first, second] = eventLog.recordsOf(WINDOW_SETTLED_TOPIC).map(record => Buffer.from(record.value).toString())
  assert.equal(second, first)
  grown = 1
  await touch(eventLog, minute(0), { cause: 'dependency' })
  await until(() => announced(eventLog).length === 3)
  assert.equal(clickhouse.published.length, 2)
  await touch(eventLog, minute(0))
  await until(() => announced(eventLog).length === 4)
  assert.equal(clickhouse.published.length, 3, 'a touch for rows always settles')
  await running.stop()
})

test('a message that is no touch is passed over and does not hold up the partition', async () => {
  const clickhouse = buildScriptedClickHouse()
  const eventLog = buildInMemoryEventLog({ topics })
  for (const value of ['not json', '{}', '{"window_start_ms":"x"}', 'null']) {
    await eventLog.append(WINDOW_TOUCHED_TOPIC, [{ partition: 3, value: Buffer.from(value) }])
  }
  const running = start(clickhouse, eventLog)
  await until(async () => (await lag(eventLog)) === 0)
  assert.equal(await running.stop(), undefined)
  assert.deepEqual(clickhouse.published, [])
})

test('aborting finishes the windows under way and begins no others', async () => {
  const clickhouse = buildScriptedClickHouse()
  const eventLog = buildInMemoryEventLog({ topics })
  const release = Promise.withResolvers<void>()
  let begun = 0
  clickhouse.beforePublish = async () => {
    begun++
    await release.promise
  }
  for (const n of [0, 1]) await touch(eventLog, minute(n), {}, 1)
  const running = start(clickhouse, eventLog)
  await until(() => begun === 1)
  await touch(eventLog, minute(2))
  await delay(20)
  const stopped = running.stop()
  release.resolve()
  assert.equal(await stopped, undefined)
  assert.deepEqual(clickhouse.published, [minute(0), minute(1)])
  assert.deepEqual(announced(eventLog), clickhouse.published)
  assert.equal(await lag(eventLog), 1)
})

test('two members share the windows; what one of them leaves behind, the other settles', async () => {
  const eventLog = buildInMemoryEventLog({ topics })
  const [one, two] = [buildScriptedClickHouse(), buildScriptedClickHouse()]
  const members = [start(one, eventLog), start(two, eventLog)] as const
  const windows = Array.from({ length: 40 }, (_, n) => minute(n))
  for (const window of windows) await touch(eventLog, window)
  await until(async () => (await lag(eventLog)) === 0)
  assert.ok(one.published.length > 0 && two.published.length > 0)
  assert.deepEqual([...one.published, ...two.published].sort(), windows)
  await members[0].stop()
  const before = two.published.length
  for (const window of windows) await touch(eventLog, window)
  await until(async () => (await lag(eventLog)) === 0)
  assert.deepEqual(two.published.slice(before).sort(), windows)
  await members[1].stop()
})

test('a partition taken away while its window is settled is the next owner’s: the former one commits nothing', async () => {
  const eventLog = buildInMemoryEventLog({ topics })
  const [one, two] = [buildScriptedClickHouse(), buildScriptedClickHouse()]
  const release = Promise.withResolvers<void>()
  let begun = 0
  one.beforePublish = async () => {
    begun++
    await release.promise
  }
  const windows = [0, 1, 2, 3].map(minute)
  // The in-memory log gives odd partitions to the second of two members.
  for (const window of windows) await touch(eventLog, window, {}, 1)
  const first = start(one, eventLog)
  await until(() => begun === 1)
  two.beforePublish = unavailable
  const second = start(two, eventLog)
  release.resolve()
  await until(() => one.published.length === windows.length)
  await delay(50)
  assert.equal(await lag(eventLog), 4, 'the former owner has published, but may not commit')
  two.beforePublish = async () => {}
  await until(async () => (await lag(eventLog)) === 0)
  assert.equal(await first.stop(), undefined)
  assert.equal(await second.stop(), undefined)
  assert.equal(one.published.length, windows.length, 'it has nothing more to do with them')
  assert.deepEqual(two.published.toSorted(), windows)
})
