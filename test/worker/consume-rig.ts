import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { topics, WORKER_GROUP } from '../../schemas/topics.ts'
import { delay } from '../../services/platform/clock.ts'
import type { EventLog } from '../../services/platform/event-log/port.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { consumeLines, type WorkerConfig, type WorkerDeps } from '../../services/worker/consume.ts'
import { buildInMemoryClickHouse, type InMemoryClickHouse } from '../fakes/in-memory-clickhouse.ts'
import { buildInMemoryEventLog } from '../fakes/in-memory-event-log.ts'
import { answeringParking } from './parking-queries.ts'
import { decodePlainLines, plainLineAt, plainLineCount } from './plain-lines.ts'

/** Of these tests. */
export const TOPIC = 'weir.access-log.v1'
/** Of these tests. */
export const START = '2026-07-01T12:00:00.000Z'
/** Flushes at once. */
export const fastConfig: WorkerConfig = {
  gather: { maxRows: 1_000, maxSizeBytes: 1e6, maxAgeMs: 20 },
  deadLetterLimit: { maxRatio: 0.5, windowLines: 1_000, sourceWindowLines: 1_000 },
  drainMs: 10_000,
  lookIntervalMs: 50,
}

export interface Running {
  ended: Promise<void>
  stop(): Promise<void>
}

/** Starts a worker; `onFault` is told when it ends by itself. */
export function startWorker(config: WorkerConfig, deps: WorkerDeps, onFault: (error: unknown) => void = () => {}): Running {
  const controller = new AbortController()
  const ended = consumeLines(config, deps, controller.signal)
  ended.catch(onFault)
  return {
    ended,
    async stop() {
      controller.abort()
      await ended
    },
  }
}

export function openRig(t: TestContext, overrides: Partial<WorkerConfig> = {}) {
  const eventLog = buildInMemoryEventLog({ topics })
  const clickhouse = answeringParking(buildInMemoryClickHouse())
  const deps = {
    eventLog,
    clickhouse,
    decode: decodePlainLines,
    lineAt: plainLineAt,
    lineCount: plainLineCount,
    progress: { report: () => {}, expect: () => {} },
    metrics: buildMetrics('worker'),
    logger: pino({ level: 'silent' }),
    now: Date.now,
  }
  const running: Running[] = []
  t.after(async () => {
    await Promise.allSettled(running.map(worker => worker.stop()))
    await eventLog[Symbol.asyncDispose]()
  })
  const start = (changes: Partial<typeof deps> = {}, more: Partial<WorkerConfig> = {}): Running => {
    const worker = startWorker({ ...fastConfig, ...overrides, ...more }, { ...deps, ...changes })
    running.push(worker)
    return worker
  }
  return { eventLog, clickhouse, start }
}

export function plainLine(request: string): string {
  return `${request} ${START}`
}

export async function send(eventLog: EventLog, partition: number, requests: readonly string[]): Promise<void> {
  await eventLog.append(TOPIC, [{ partition, value: Buffer.from(requests.map(plainLine).join('\n')) }])
}

export function requestsIn(clickhouse: InMemoryClickHouse): string[] {
  return clickhouse
    .rows('attempts_raw')
    .map(row => String(row['request_id']))
    .sort()
}

export async function committed(eventLog: EventLog, partition: number): Promise<number | undefined> {
  return (await eventLog.offsets(TOPIC, WORKER_GROUP)).find(offsets => offsets.partition === partition)?.committed
}

export async function committedUpTo(
  eventLog: EventLog,
  expected: readonly (readonly [partition: number, offset: number])[],
): Promise<void> {
  for (const [partition, offset] of expected) {
    while (((await committed(eventLog, partition)) ?? 0) < offset) await delay(5)
  }
}
