import type { Readable } from 'node:stream'
import type { Reader } from '../../../schemas/dialects/field-table.ts'
import type { NameTenant } from '../../../schemas/dialects/tenant-names.ts'
import type { NameUpstream } from '../../../schemas/dialects/upstream-names.ts'
import { ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC } from '../../../schemas/topics.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { Now } from '../../platform/clock.ts'
import type { LogRecord } from '../../platform/event-log/port.ts'
import type { InputFile } from './input-files.ts'
import { beginRawWriter } from './raw-writer.ts'
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

/**
 * Reads the files through the worker's own steps (decode, gather, flush) into the raw tables. A file is to it a partition, a piece of a
 * file a message. Rejects with REPORT_FILE_UNREADABLE and ClickHouse's errors.
 */
export async function loadFiles(
  files: readonly InputFile[],
  config: { pool: string; ownDialects: readonly Reader[]; nameUpstream?: NameUpstream | undefined; nameTenant?: NameTenant | undefined },
  deps: { clickhouse: ClickHouse; standardInput: Readable; now: Now; onProgress: (progress: ReadProgress) => void },
): Promise<Loaded> {
  const positions = new Map<string, { file: string; firstLineNo: number; textLines: Uint32Array | undefined }>()
  const writer = await beginRawWriter(config, deps)
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
        const decoded = await writer.add(record)
        if (decoded === undefined) break
        const { name, firstLineNo } = piece
        positions.set(`${record.topic}/${partition}/${record.offset}`, { file: name, firstLineNo, textLines: decoded.textLines })
        lines += decoded.ledger.lines
        deps.onProgress({ file: file.name, doneBytes: finishedBytes + piece.readBytes, totalBytes, lines })
        offset++
      }
      finishedBytes += file.sizeBytes ?? 0
    }
  } finally {
    // Also when a file cannot be read: what waits for more rows would else keep the process for a minute.
    writer.close()
  }
  const windows = await writer.finish()
  return {
    windows,
    lines,
    positionOf(topic, partition, offset, lineNo) {
      const { file, firstLineNo, textLines } = positions.get(`${topic}/${partition}/${offset}`) ?? { file: null, firstLineNo: 1 }
      return { file, lineNo: firstLineNo + (textLines?.[lineNo] ?? lineNo) }
    },
  }
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
