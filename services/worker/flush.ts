import { attemptsRaw, messagesRead, parkedMessages } from '../../schemas/tables.ts'
import { DEAD_LETTER_TOPIC, WINDOW_TOUCHED_TOPIC } from '../../schemas/topics.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { type Now, SECOND } from '../platform/clock.ts'
import { AppError } from '../platform/errors.ts'
import type { Consumer, EventLog } from '../platform/event-log/port.ts'
import type { Metrics } from '../platform/metrics.ts'
import { appendAll } from './append-all.ts'
import type { DeadLetterLimit } from './dead-letter-limit.ts'
import { deadLetterRecord } from './dead-letter-record.ts'
import type { DecodeMessage, LineAt } from './decode/decode-message.ts'
import type { Batch, NextOffsets } from './gather.ts'
import { insertRows, type RefusedRows } from './insert-rows.ts'
import { type Cells, cellsFrom, type RawTable, sampleKinds, sampleTables } from './raw-tables.ts'
import { isSameAttemptLine, isSameExposition, moveToDeadLetters } from './refused-rows.ts'
import { touchedWindows } from './touched-windows.ts'
import { writeDeadLetters } from './write-dead-letters.ts'

/**
 * What flushing needs. `persist` runs an operation until it succeeds, throwing only what cannot be retried or when the process must end.
 */
export interface FlushDeps {
  clickhouse: Pick<ClickHouse, 'insert' | 'insertBlocks'>
  eventLog: Pick<EventLog, 'append'>
  consumer: Pick<Consumer, 'commit'>
  limit: Pick<DeadLetterLimit, 'mayCommit'>
  decode: DecodeMessage
  lineAt: LineAt
  metrics: Metrics<'worker'>
  persist: <T>(what: string, operation: () => Promise<T>) => Promise<T>
  now: Now
}

/**
 * Writes a batch and acknowledges it. This is the one place where the acknowledgement changes hands, and its promise is:
 *
 * **No offset is committed before everything that was read up to it is in ClickHouse, its dead letters are in their topic
 * its windows are announced, and messages of parked sources are kept aside.**
 *
 * A crash, or an error thrown here, anywhere before step 4 leaves the offsets where they were: the messages are read again, by this worker
 * or by the partition's next owner, and written again. Raw rows may thus be there twice, with the same row identity, which settling takes
 * out; ledger and dead letters collapse by themselves; a window announced twice is settled twice with the same result. Nothing is lost.
 * Faults that pass are waited out for as long as they last, while the gatherer's limit holds reading back.
 *
 * Gives the offsets that could not be acknowledged yet (too many refused lines to be sure, too few to stop): they belong to the next batch.
 */
export async function flushBatch(batch: Batch, deps: FlushDeps): Promise<NextOffsets> {
  // 1. Rows, then the ledger that counts them.
  await writeRows(batch, deps)
  // 2. Dead letters, for whoever wants to replay them.
  await appendAll(DEAD_LETTER_TOPIC, batch.deadLetters.map(deadLetterRecord), deps)
  // 3. The windows that have new rows. After the rows, or settling would miss them.
  const windows = touchedWindows(batch)
  const announcements = windows.map(window => ({ key: String(window.window_start_ms), value: Buffer.from(JSON.stringify(window)) }))
  await appendAll(WINDOW_TOUCHED_TOPIC, announcements, deps)
  // 4. Only now is the batch acknowledged.
  if (!deps.limit.mayCommit()) return batch.nextOffsets
  await commit(batch.nextOffsets, deps)
  return new Map()
}

const noRows: readonly RefusedRows[] = []

async function writeRows(batch: Batch, deps: FlushDeps): Promise<void> {
  const packedRows = await writePacked(batch, deps)
  const insert = async (table: RawTable, rows: readonly Cells[]) => {
    if (rows.length > 0) await persistInsert(table, () => deps.clickhouse.insert(table.name, table.columns, rows), deps)
  }
  const refusedAttempts = await insertRows(attemptsRaw, batch.attempts, { insert, isSameLine: isSameAttemptLine })
  const refusedSamples = { samples: noRows, gpuSamples: noRows, gatewaySamples: noRows }
  for (const kind of sampleKinds) {
    refusedSamples[kind] = await insertRows(sampleTables[kind], batch[kind], { insert, isSameLine: isSameExposition[kind] })
  }
  moveToDeadLetters(batch, { attempts: refusedAttempts, ...refusedSamples }, deps.lineAt)
  await writeDeadLetters(batch.deadLetters, { insert, metrics: deps.metrics })
  await insert(
    parkedMessages,
    batch.parked.map(message => cellsFrom(parkedMessages, message)),
  )
  await insert(
    messagesRead,
    batch.ledger.map(message => cellsFrom(messagesRead, message)),
  )
  countWritten(batch, packedRows, deps)
}

/**
 * Writes the packed rows and gives how many. Should the server refuse them, which their checks rule out, their messages are decoded again,
 * and the rows go with those that are not packed, to find the one at fault.
 */
async function writePacked({ packed, attempts }: Batch, deps: FlushDeps): Promise<number> {
  if (packed.rows === 0) return 0
  const { name, columns } = attemptsRaw
  try {
    await persistInsert(attemptsRaw, () => deps.clickhouse.insertBlocks(name, columns, packed.blocks), deps)
    return packed.rows
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'CLICKHOUSE_DATA_REFUSED')) throw error
    packed.windows.clear()
    for (const record of packed.records) for (const row of deps.decode(record).attempts) attempts.push(cellsFrom(attemptsRaw, row))
    return 0
  }
}

async function persistInsert(table: RawTable, insert: () => Promise<void>, deps: FlushDeps): Promise<void> {
  const startedMs = deps.now()
  await deps.persist(`insert into ${table.name}`, insert)
  deps.metrics.worker_insert_duration_seconds.observe({}, (deps.now() - startedMs) / SECOND)
}

/** Commits partitions side by side: the embedded log stores those that come together in one transaction, and Kafka answers them at once. */
async function commit(offsets: NextOffsets, deps: FlushDeps): Promise<void> {
  const commits = [...offsets].flatMap(([topic, partitions]) =>
    [...partitions].map(([partition, next]) => commitPartition(topic, partition, next, deps)),
  )
  const failed = (await Promise.allSettled(commits)).find(outcome => outcome.status === 'rejected')
  if (failed) throw failed.reason
}

async function commitPartition(topic: string, partition: number, next: number, deps: FlushDeps): Promise<void> {
  try {
    await deps.persist(`commit ${topic}/${partition}`, () => deps.consumer.commit(topic, partition, next))
  } catch (error) {
    // The partition has another owner by now, who reads these messages again: repeated, not lost.
    if (!(error instanceof AppError && error.code === 'EVENT_LOG_NOT_OWNER')) throw error
  }
}

function countWritten(batch: Batch, packedRows: number, deps: FlushDeps): void {
  const { metrics } = deps
  metrics.worker_rows_total.inc({ table: 'attempts_raw' }, batch.attempts.length + packedRows)
  for (const kind of sampleKinds) metrics.worker_rows_total.inc({ table: sampleTables[kind].name }, batch[kind].length)
  for (const [product, count] of batch.unknownSeries) metrics.worker_unknown_series_total.inc({ product }, count)
  for (const letter of batch.deadLetters) metrics.worker_dead_letters_total.inc({ code: letter.code }, 1)
  let accepted = 0
  let skipped = 0
  let parked = 0
  const nowMs = deps.now()
  for (const message of batch.ledger) {
    accepted += message.accepted_lines
    skipped += message.skipped_lines
    parked += message.parked_lines
    metrics.worker_ingest_delay_seconds.observe({}, Math.max(0, nowMs - message.received_at) / SECOND)
  }
  for (const { count, ...end } of batch.ends) metrics.worker_line_ends_total.inc({ ...end }, count)
  metrics.worker_lines_total.inc({ outcome: 'rows' }, accepted)
  metrics.worker_lines_total.inc({ outcome: 'dead_letter' }, batch.deadLetters.length)
  metrics.worker_lines_total.inc({ outcome: 'skipped' }, skipped)
  metrics.worker_lines_total.inc({ outcome: 'parked' }, parked)
}
