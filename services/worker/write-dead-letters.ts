import { createHash } from 'node:crypto'
import type { DeadLetter } from '../../schemas/dead-letter.ts'
import { deadLetters } from '../../schemas/tables.ts'
import type { Metrics } from '../platform/metrics.ts'
import { insertRows, type RefusedRows } from './insert-rows.ts'
import { type Cells, cellsFrom, type RawTable } from './raw-tables.ts'

/** What writing dead letters needs; `insert` retries what can be retried. */
export interface WriteDeadLettersDeps {
  insert: (table: RawTable, rows: readonly Cells[]) => Promise<void>
  metrics: Pick<Metrics<'worker'>, 'worker_unstored_dead_letters_total'>
}

/**
 * Writes dead letters to their table. One that ClickHouse refuses is written in a reduced form, and without its line if need be: a sender
 * must not be able to end the worker, at every restart, by what a line of its holds. One that is refused in every form is counted and
 * stands in the dead-letter topic alone.
 */
export async function writeDeadLetters(letters: readonly DeadLetter[], deps: WriteDeadLettersDeps): Promise<void> {
  let left = letters
  for (const form of [whole, reduced, withoutLine]) {
    const formed = left.map(form)
    const rows = formed.map(letter => cellsFrom(deadLetters, letter))
    const refused = await insertRows(deadLetters, rows, { insert: deps.insert, isSameLine: () => false })
    left = lettersOf(refused, rows, left)
    if (left.length === 0) return
  }
  deps.metrics.worker_unstored_dead_letters_total.inc({}, left.length)
}

function lettersOf(refused: readonly RefusedRows[], rows: readonly Cells[], letters: readonly DeadLetter[]): readonly DeadLetter[] {
  const refusedRows = new Set(refused.flatMap(part => part.rows))
  return letters.filter((_, index) => refusedRows.has(rows[index] as Cells))
}

function whole(letter: DeadLetter): DeadLetter {
  return letter
}

function reduced(letter: DeadLetter): DeadLetter {
  const bytes = Buffer.from(letter.line, letter.encoding)
  const hash = createHash('sha256').update(bytes).digest('hex')
  return {
    ...letter,
    source: letter.source.replaceAll(/[^\x20-\x7e]/g, '?'),
    message: `ClickHouse refused this dead letter as it was; kept are the bytes of the line, ${bytes.length}, sha256 ${hash}.`,
    line: bytes.toString('base64'),
    encoding: 'base64',
  }
}

function withoutLine(letter: DeadLetter): DeadLetter {
  const { message, ...rest } = reduced(letter)
  return { ...rest, message: `${message} The line itself was refused too: it is in the dead-letter topic.`, line: '' }
}
