import { attemptsRaw } from '../../schemas/tables.ts'
import type { LogRecord } from '../platform/event-log/port.ts'
import { deadLetterAt, positionOf } from './decode/dead-letter.ts'
import type { LineAt } from './decode/decode-message.ts'
import { addEnd } from './decode/line-ends.ts'
import type { Batch } from './gather.ts'
import type { RefusedRows } from './insert-rows.ts'
import { type Cells, type SampleKind, sampleKinds, sampleTables } from './raw-tables.ts'

const MAX_REASON_LENGTH = 300

const attemptAt = positions(attemptsRaw.columns)
const sampleAt = eachKind(kind => positions(sampleTables[kind].columns))

/** Whether two rows of attempts_raw came from one line. */
export function isSameAttemptLine(a: Cells, b: Cells): boolean {
  return isSameMessage(a, b, attemptAt) && a[attemptAt.line_no] === b[attemptAt.line_no]
}

/** Whether two rows of a table of readings came from one exposition. */
export const isSameExposition = eachKind(kind => (a: Cells, b: Cells) => isSameMessage(a, b, sampleAt[kind]))

/**
 * Takes lines whose rows ClickHouse refused out of the batch and makes them dead letters (LINE_FIELD_INVALID), whole; the ledger follows.
 * Decoding should have refused them already: each one shows a value that its checks let through.
 */
export function moveToDeadLetters(
  batch: Batch,
  refused: { attempts: readonly RefusedRows[] } & Record<SampleKind, readonly RefusedRows[]>,
  lineAt: LineAt,
): void {
  const expositions = new Set<LogRecord>()
  for (const lines of refused.attempts) refuse(batch, lines, attemptAt, lineAt)
  for (const kind of sampleKinds) for (const rows of refused[kind]) refuse(batch, rows, sampleAt[kind], lineAt, expositions)
  batch.attempts = without(batch.attempts, refused.attempts)
  for (const kind of sampleKinds) batch[kind] = without(batch[kind], refused[kind])
}

function without(rows: Cells[], refused: readonly RefusedRows[]): Cells[] {
  if (refused.length === 0) return rows
  const refusedRows = new Set(refused.flatMap(lines => lines.rows))
  return rows.filter(row => !refusedRows.has(row))
}

function eachKind<Value>(of: (kind: SampleKind) => Value): Record<SampleKind, Value> {
  return Object.fromEntries(sampleKinds.map(kind => [kind, of(kind)])) as Record<SampleKind, Value>
}

type Positions = ReturnType<typeof positions>

function positions(columns: readonly string[]) {
  const at = (column: string) => columns.indexOf(column)
  return { topic: at('topic'), partition: at('partition'), offset: at('offset'), line_no: at('line_no') }
}

function isSameMessage(a: Cells, b: Cells, at: Positions): boolean {
  return a[at.offset] === b[at.offset] && a[at.partition] === b[at.partition] && a[at.topic] === b[at.topic]
}

/** `expositions`: those that are dead letters already, for an exposition may have rows in several tables and is one line. */
function refuse(batch: Batch, refused: RefusedRows, at: Positions, lineAt: LineAt, expositions?: Set<LogRecord>): void {
  const cells = refused.rows[0] as Cells
  const index = batch.ledger.findIndex(
    entry => entry.offset === cells[at.offset] && entry.partition === cells[at.partition] && entry.topic === cells[at.topic],
  )
  const entry = batch.ledger[index]
  const record = batch.records[index]
  if (entry === undefined || record === undefined) throw new Error('a row belongs to no message of its batch')
  const lineNo = at.line_no < 0 ? 0 : (cells[at.line_no] as number)
  entry.rows -= refused.rows.length
  if (expositions?.has(record)) return
  expositions?.add(record)
  entry.accepted_lines -= 1
  entry.dead_letters += 1
  addEnd(batch.ends, { step: at === attemptAt ? 'place_rows' : 'read_exposition', outcome: 'rows', reason: '', count: -1 })
  addEnd(batch.ends, { step: 'store', outcome: 'dead_letter', reason: 'LINE_FIELD_INVALID', count: 1 })
  const message = `ClickHouse cannot store a value of this line: ${refused.reason}`.slice(0, MAX_REASON_LENGTH)
  const position = positionOf(record, { logEpoch: entry.log_epoch })
  batch.deadLetters.push(deadLetterAt(position, lineNo, { code: 'LINE_FIELD_INVALID', message }, lineAt(record, lineNo)))
}
