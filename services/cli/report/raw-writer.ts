import type { Reader } from '../../../schemas/dialects/field-table.ts'
import type { NameTenant } from '../../../schemas/dialects/tenant-names.ts'
import type { NameUpstream } from '../../../schemas/dialects/upstream-names.ts'
import { attemptsRaw } from '../../../schemas/tables.ts'
import { WINDOW_TOUCHED_TOPIC } from '../../../schemas/topics.ts'
import type { WindowTouched } from '../../../schemas/window-events.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { DAY, MINUTE, type Now } from '../../platform/clock.ts'
import type { EventLog, LogRecord } from '../../platform/event-log/port.ts'
import { buildMetrics } from '../../platform/metrics.ts'
import { buildDecoder, buildLineAt, type DecodedMessage, type DecodeMessage } from '../../worker/decode/decode-message.ts'
import { flushBatch } from '../../worker/flush.ts'
import { buildGatherer } from '../../worker/gather.ts'
import { buildPacking } from '../../worker/packing.ts'

/** Takes records through the worker's own steps (decode, gather, flush) into the raw tables, without an event log. */
export interface RawWriter {
  /** Decodes a record and queues its rows, waiting for room. Undefined: writing has failed, and `finish` says why. */
  add(record: LogRecord): Promise<DecodedMessage | undefined>
  /** Takes no more: what was added is still written. */
  close(): void
  /** Resolves when all rows are written, to the starts (ms, ascending) of all windows with rows. Rejects with ClickHouse's errors. */
  finish(): Promise<readonly number[]>
}

/** Part of the row identity of everything that a report reads. */
const REPORT_EPOCH = 'report'
const MAX_LINE_BYTES = 900_000
/** Read before an insert; rows take several times as much memory, and two batches are held at once. */
const MAX_BATCH_BYTES = 12 * 1024 * 1024
/** Yesterday's log and last year's are both welcome; what is older than this has a broken clock. */
const EARLIEST_MS = Date.UTC(2000, 0, 1)
const FUTURE_MS = DAY

/** Begins it on a migrated database. Rejects with ClickHouse's errors. */
export async function beginRawWriter(
  config: { ownDialects: readonly Reader[]; nameUpstream?: NameUpstream | undefined; nameTenant?: NameTenant | undefined },
  deps: { clickhouse: ClickHouse; now: Now },
): Promise<RawWriter> {
  const windows = new Set<number>()
  const acceptTime = () => ({ acceptFromMs: EARLIEST_MS, acceptUntilMs: deps.now() + FUTURE_MS })
  const decode = buildDecoder({ ...config, logEpoch: REPORT_EPOCH, maxLineBytes: MAX_LINE_BYTES, acceptTime })
  const packing = buildPacking(attemptsRaw, deps)
  await packing.learn()
  const gatherer = buildGatherer({ maxRows: 50_000, maxSizeBytes: MAX_BATCH_BYTES, maxAgeMs: MINUTE }, packing)
  const writing = writeAll(gatherer, windows, { ...deps, decode })
  // A failed write is met in `finish`; until then reading must not wait for room that never comes.
  writing.catch(() => gatherer.close())
  return {
    async add(record) {
      let decoded: DecodedMessage | undefined
      const isTaken = await gatherer.add(record, message => {
        decoded = decode(message)
        return decoded
      })
      return isTaken ? decoded : undefined
    },
    close: () => gatherer.close(),
    async finish() {
      gatherer.close()
      await writing
      return [...windows].sort((a, b) => a - b)
    },
  }
}

async function writeAll(
  gatherer: ReturnType<typeof buildGatherer>,
  windows: Set<number>,
  deps: { clickhouse: ClickHouse; decode: DecodeMessage; now: Now },
): Promise<void> {
  const eventLog: Pick<EventLog, 'append'> = {
    async append(topic, records) {
      if (topic !== WINDOW_TOUCHED_TOPIC) return
      for (const { value } of records) windows.add((JSON.parse(Buffer.from(value).toString('utf8')) as WindowTouched).window_start_ms)
    },
  }
  const flushDeps = {
    ...deps,
    eventLog,
    // Files are never acknowledged, and a report shows however many lines were refused.
    consumer: { commit: async () => undefined },
    limit: { mayCommit: () => true },
    lineAt: buildLineAt({ maxLineBytes: MAX_LINE_BYTES }),
    metrics: buildMetrics('worker'),
    persist: <T>(_what: string, operation: () => Promise<T>) => operation(),
  }
  for (let batch = await gatherer.take(); batch; batch = await gatherer.take()) await flushBatch(batch, flushDeps)
}
