import type { LineAt } from './decode-message.ts'
import type { Batch } from './gather.ts'
import type { RefusedRows } from './insert-rows.ts'
import { attemptsRaw, type Cells, engineSamplesRaw } from './raw-tables.ts'

const MAX_REASON_LENGTH = 300

const attemptAt = positions(attemptsRaw.columns)
const sampleAt = positions(engineSamplesRaw.columns)

/** Whether two rows of attempts_raw came from one line. */
export function isSameAttemptLine(a: Cells, b: Cells): boolean {
  return isSameMessage(a, b, attemptAt) && a[attemptAt.line_no] === b[attemptAt.line_no]
}

/** Whether two rows of engine_samples_raw came from one exposition. */
export function isSameExposition(a: Cells, b: Cells): boolean {
  return isSameMessage(a, b, sampleAt)
}

/**
 * Takes lines whose rows ClickHouse refused out of the batch and makes them dead letters (LINE_FIELD_INVALID), whole; the ledger follows.
 * Decoding should have refused them already: each one shows a value that its checks let through.
 */
export function moveToDeadLetters(
  batch: Batch,
  refused: { attempts: readonly RefusedRows[]; samples: readonly RefusedRows[] },
  lineAt: LineAt,
): void {
  if (refused.attempts.length === 0 && refused.samples.length === 0) return
  for (const lines of refused.attempts) refuse(batch, lines, attemptAt, lineAt)
  for (const expositions of refused.samples) refuse(batch, expositions, sampleAt, lineAt)
  const refusedRows = new Set([...refused.attempts, ...refused.samples].flatMap(lines => lines.rows))
  batch.attempts = batch.attempts.filter(row => !refusedRows.has(row))
  batch.samples = batch.samples.filter(row => !refusedRows.has(row))
}

type Positions = ReturnType<typeof positions>

function positions(columns: readonly string[]) {
  const at = (column: string) => columns.indexOf(column)
  return { topic: at('topic'), partition: at('partition'), offset: at('offset'), line_no: at('line_no') }
}

function isSameMessage(a: Cells, b: Cells, at: Positions): boolean {
  return a[at.offset] === b[at.offset] && a[at.partition] === b[at.partition] && a[at.topic] === b[at.topic]
}

function refuse(batch: Batch, refused: RefusedRows, at: Positions, lineAt: LineAt): void {
  const cells = refused.rows[0] as Cells
  const index = batch.ledger.findIndex(
    entry => entry.offset === cells[at.offset] && entry.partition === cells[at.partition] && entry.topic === cells[at.topic],
  )
  const entry = batch.ledger[index]
  const record = batch.records[index]
  if (entry === undefined || record === undefined) throw new Error('a row belongs to no message of its batch')
  const lineNo = at.line_no < 0 ? 0 : (cells[at.line_no] as number)
  entry.rows -= refused.rows.length
  entry.accepted_lines -= 1
  entry.dead_letters += 1
  batch.deadLetters.push({
    received_at: entry.received_at,
    source: entry.source,
    code: 'LINE_FIELD_INVALID',
    message: `ClickHouse cannot store a value of this line: ${refused.reason}`.slice(0, MAX_REASON_LENGTH).toWellFormed(),
    ...lineAt(record, lineNo),
    log_epoch: entry.log_epoch,
    topic: entry.topic,
    partition: entry.partition,
    offset: entry.offset,
    line_no: lineNo,
  })
}
