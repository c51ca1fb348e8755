/** A worker, a real embedded log and a real ClickHouse, for tests of sources that are parked and taken up again. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import { pino } from 'pino'
import { ACCESS_LOG_TOPIC, topics, WORKER_GROUP } from '../../schemas/topics.ts'
import { defaultReadLimits } from '../../services/api/http/read-limits.ts'
import type { Reader } from '../../services/api/http/readers.ts'
import { answerCompleteness } from '../../services/api/reports/completeness.ts'
import { openEmbeddedEventLog } from '../../services/platform/event-log/embedded.ts'
import type { LogRecord } from '../../services/platform/event-log/port.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import type { DecodeMessage } from '../../services/worker/decode/decode-message.ts'
import { changeSource } from '../../services/worker/sources.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { until as untilSo } from '../fakes/until.ts'
import { startWorker } from './consume-rig.ts'
import { decodePlainLines, plainLineAt, plainLineCount } from './plain-lines.ts'

const START = new Date(Date.now() - 600_000).toISOString()
const directories: string[] = []
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

export async function openRig(t: TestContext) {
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
  let fault: unknown
  const decodeHere: DecodeMessage = record => inEpoch(decodePlainLines(record), eventLog.epoch)
  const start = (changes: { decode?: DecodeMessage; clickhouse?: typeof clickhouse } = {}) => {
    const { decode = decodeHere } = changes
    fault = undefined
    const worker = startWorker(
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
      error => {
        fault = error
      },
    )
    running.push(worker)
    return worker
  }
  const sendAs = (headers: Readonly<Record<string, string>>, lines: readonly string[]) =>
    eventLog.append(ACCESS_LOG_TOPIC, [{ partition: 0, value: Buffer.from(lines.join('\n')), headers }])
  const send = (source: string, lines: readonly string[]) => sendAs({ source, dialect: 'plain' }, lines)
  const until = (isSo: () => Promise<boolean>) =>
    untilSo(async () => {
      if (fault !== undefined) throw fault
      return await isSo()
    }, 10)
  const read = (messages: number) =>
    until(async () => ((await eventLog.offsets(ACCESS_LOG_TOPIC, WORKER_GROUP))[0]?.committed ?? 0) >= messages)
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
  return { clickhouse, eventLog, start, send, sendAs, until, read, requests, resume, completeness, decodeHere }
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

export const good = (id: string) => `${id} ${START}`
export const bad = Array.from({ length: 12 }, (_, index) => `junk-${index}`)

function inEpoch<Decoded extends ReturnType<typeof decodePlainLines>>(decoded: Decoded, log_epoch: string): Decoded {
  return {
    ...decoded,
    attempts: decoded.attempts.map(row => ({ ...row, log_epoch })),
    deadLetters: decoded.deadLetters.map(letter => ({ ...letter, log_epoch })),
    ledger: { ...decoded.ledger, log_epoch },
  }
}

/** Reads what was junk, as a worker would that knows the dialect. */
export const mended =
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
