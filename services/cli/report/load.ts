import type { Readable } from 'node:stream'
import type { Reader } from '../../../schemas/dialects/field-table.ts'
import type { NameUpstream } from '../../../schemas/dialects/upstream-names.ts'
import { attemptsRaw } from '../../../schemas/tables.ts'
import { ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC, WINDOW_TOUCHED_TOPIC } from '../../../schemas/topics.ts'
import type { WindowTouched } from '../../../schemas/window-events.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { DAY, MINUTE, type Now } from '../../platform/clock.ts'
import type { EventLog, LogRecord } from '../../platform/event-log/port.ts'
import { buildMetrics } from '../../platform/metrics.ts'
import { buildDecoder, buildLineAt, type DecodeMessage } from '../../worker/decode/decode-message.ts'
import { flushBatch } from '../../worker/flush.ts'
import { buildGatherer } from '../../worker/gather.ts'
import { buildPacking } from '../../worker/packing.ts'
import type { InputFile } from './input-files.ts'
import { type FilePiece, readPieces } from './read-pieces.ts'

/** How far reading has come. `doneBytes` counts compressed bytes; `totalBytes` is undefined when an input is standard input. */
export interface ReadProgress {
  file: string
  doneBytes: number
  totalBytes: number | undefined
  lines: number
}

/** What was read. */
export interface Loaded {
  /** Starts (ms) of all windows with rows, ascending. */
  windows: readonly number[]
  lines: number
  /** Where a line of the raw tables came from: its file and, as an editor counts, its line in it, from 1. */
  positionOf(topic: string, partition: number, offset: number, lineNo: number): { file: string | null; lineNo: number }
}

/** Part of the row identity of everything a report reads. */
const REPORT_EPOCH = 'report'
const MAX_LINE_BYTES = 900_000
/** Read before an insert; rows take several times as much memory, and two batches are held at once. */
const MAX_BATCH_BYTES = 12 * 1024 * 1024
/** Yesterday's log and last year's are both welcome; what is older than this has a broken clock. */
const EARLIEST_MS = Date.UTC(2000, 0, 1)
const FUTURE_MS = DAY

/**
 * Reads the files through the worker's own steps (decode, gather, flush) into the raw tables. A file is to it a partition, a piece of a
 * file a message. Rejects with REPORT_FILE_UNREADABLE and ClickHouse's errors.
 */
export async function loadFiles(
  files: readonly InputFile[],
  config: { pool: string; ownDialects: readonly Reader[]; nameUpstream?: NameUpstream | undefined },
  deps: { clickhouse: ClickHouse; standardInput: Readable; now: Now; onProgress: (progress: ReadProgress) => void },
): Promise<Loaded> {
  const windows = new Set<number>()
  const positions = new Map<string, { file: string; firstLineNo: number; textLines: Uint32Array | undefined }>()
  const acceptTime = () => ({ acceptFromMs: EARLIEST_MS, acceptUntilMs: deps.now() + FUTURE_MS })
  const { ownDialects, nameUpstream } = config
  const decode = buildDecoder({ logEpoch: REPORT_EPOCH, maxLineBytes: MAX_LINE_BYTES, acceptTime, ownDialects, nameUpstream })
  const packing = buildPacking(attemptsRaw, deps)
  await packing.learn()
  const gatherer = buildGatherer({ maxRows: 50_000, maxSizeBytes: MAX_BATCH_BYTES, maxAgeMs: MINUTE }, packing)
  const writing = writeAll(gatherer, windows, { ...deps, decode })
  // A failed write is met where it is awaited, below; until then reading must not wait for room that never comes.
  writing.catch(() => gatherer.close())
  const totalBytes = files.every(file => file.sizeBytes !== undefined)
    ? files.reduce((sum, file) => sum + (file.sizeBytes ?? 0), 0)
    : undefined
  let finishedBytes = 0
  let lines = 0
  try {
    for (const [partition, file] of files.entries()) {
      let offset = 0
      for await (const piece of readPieces(file, deps.standardInput)) {
        const record = recordOf(piece, { partition, offset, pool: config.pool, nowMs: deps.now() })
        const isTaken = await gatherer.add(record, message => {
          const decoded = decode(message)
          const { name, firstLineNo } = piece
          positions.set(`${record.topic}/${partition}/${record.offset}`, { file: name, firstLineNo, textLines: decoded.textLines })
          lines += decoded.ledger.lines
          return decoded
        })
        if (!isTaken) break
        deps.onProgress({ file: file.name, doneBytes: finishedBytes + piece.readBytes, totalBytes, lines })
        offset++
      }
      finishedBytes += file.sizeBytes ?? 0
    }
  } finally {
    // Also when a file cannot be read: what waits for more rows would else keep the process for a minute.
    gatherer.close()
  }
  await writing
  return {
    windows: [...windows].sort((a, b) => a - b),
    lines,
    positionOf(topic, partition, offset, lineNo) {
      const { file, firstLineNo, textLines } = positions.get(`${topic}/${partition}/${offset}`) ?? { file: null, firstLineNo: 1 }
      return { file, lineNo: firstLineNo + (textLines?.[lineNo] ?? lineNo) }
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

function recordOf(piece: FilePiece, at: { partition: number; offset: number; pool: string; nowMs: number }): LogRecord {
  const isExposition = piece.kind === 'exposition'
  return {
    topic: isExposition ? ENGINE_METRICS_TOPIC : ACCESS_LOG_TOPIC,
    partition: at.partition,
    offset: at.offset,
    timestampMs: at.nowMs,
    key: undefined,
    value: piece.bytes,
    headers: isExposition
      ? { pool: at.pool, endpoint: serverOf(piece.bytes) ?? piece.name, 'scraped-at-ms': String(Math.floor(piece.modifiedMs)) }
      : { source: 'report', ...(piece.contentType === undefined ? {} : { 'content-type': piece.contentType }) },
  }
}

/**
 * What tells the server of an exposition from others: when it, or else its first counter, began. Two scrapes of one server are then two
 * readings of it, whatever their files are called. Undefined: the exposition does not say.
 */
function serverOf(exposition: Uint8Array): string | undefined {
  const text = Buffer.from(exposition.buffer, exposition.byteOffset, exposition.byteLength).toString('latin1')
  const began = /^process_start_time_seconds(?:\{[^\n]*\})? (\S+)/m.exec(text) ?? /^[\w:]+_created(?:\{[^\n]*\})? (\S+)/m.exec(text)
  return began === null ? undefined : `server started at ${began[1]}`
}
