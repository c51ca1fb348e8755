import type { Readable } from 'node:stream'
import { explainLine } from '../../../schemas/dialects/explain.ts'
import type { Reader } from '../../../schemas/dialects/field-table.ts'
import { ENGINE_METRICS_TOPIC } from '../../../schemas/topics.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import { textTable } from '../../platform/text-table.ts'
import { buildDecoder } from '../../worker/decode/decode-message.ts'
import { openLines } from '../../worker/decode/steps.ts'
import type { InputFile } from './input-files.ts'
import { type FilePiece, readPieces } from './read-pieces.ts'

/** Lines explained per file; the others are only counted by what became of them. */
const EXPLAINED_LINES = 3
const MAX_LINE_BYTES = 900_000

/**
 * Explains files line by line, as text: the dialect and why it was chosen, each canonical field with the source field it came from, what is
 * left in `extra`, what is missing; for expositions the engine and its samples. Every line ends in a count: read, skipped or refused with
 * its reason. Several files end in a table of those counts.
 */
export async function* explainFiles(files: readonly InputFile[], own: readonly Reader[], standardInput: Readable): AsyncGenerator<string> {
  const summary: { file: string; records: number; outcome: string }[] = []
  for (const file of files) {
    yield `\n== ${file.name}`
    const counts = new Map<string, number>()
    let shown = 0
    for await (const piece of readPieces(file, standardInput)) {
      const parts = piece.kind === 'exposition' ? [expositionPart(piece)] : recordParts(piece, own)
      for (const { outcome, detail } of parts) {
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
        if (shown++ < EXPLAINED_LINES) yield detail
      }
    }
    yield [...counts].map(([outcome, count]) => `${count} × ${outcome}`).join('\n') || 'the file is empty'
    for (const [outcome, records] of counts) summary.push({ file: file.name, records, outcome })
  }
  if (files.length > 1) yield ['', ...textTable([cell('file'), cell('records'), cell('outcome')], summary, summary.length)].join('\n')
}

interface Part {
  outcome: string
  detail: string
}

function* recordParts(piece: FilePiece, own: readonly Reader[]): Generator<Part> {
  const message = { value: piece.bytes, headers: piece.contentType === undefined ? {} : { 'content-type': piece.contentType } }
  for (const record of openLines(message, { maxLineBytes: MAX_LINE_BYTES, ownDialects: own })) {
    const where = `line ${piece.firstLineNo + record.textLine}`
    try {
      if (record.fault !== undefined) throw record.fault
      if (record.skip !== undefined) {
        yield { outcome: `skipped: ${record.skip}`, detail: `${where}: skipped (${record.skip})` }
        continue
      }
      const found = explainLine(record.value, own)
      if (found.skipped !== undefined) {
        yield {
          outcome: `skipped as ${found.dialect}: ${found.skipped}`,
          detail: `${where}: ${found.dialect}, skipped (${found.skipped}), because ${found.evidence}`,
        }
        continue
      }
      const table = textTable(
        [cell('field'), cell('value'), cell('from')],
        found.fields.map(row => ({ ...row, value: String(row.value) })),
      )
      const rest = [
        found.extra === '' ? 'nothing is left over' : `left in extra: ${found.extra.slice(0, 500)}`,
        `not given: ${found.missing.join(', ') || 'nothing'}`,
      ]
      yield {
        outcome: `read as ${found.dialect}`,
        detail: [`${where}: ${found.dialect}, because ${found.evidence}; ${found.attempts} attempt(s)`, ...table, ...rest, ''].join('\n'),
      }
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'INTERNAL_ERROR'
      yield { outcome: `refused: ${code}`, detail: `${where}: ${code}: ${messageOf(error)}` }
    }
  }
}

function expositionPart(piece: FilePiece): Part {
  const record = {
    topic: ENGINE_METRICS_TOPIC,
    partition: 0,
    offset: 0,
    timestampMs: piece.modifiedMs,
    key: undefined,
    value: piece.bytes,
    headers: { pool: 'default', endpoint: piece.name },
  }
  const {
    ledger: _ledger,
    attempts: _attempts,
    ends: _ends,
    deadLetters,
    ...read
  } = buildDecoder({ logEpoch: 'report', maxLineBytes: MAX_LINE_BYTES })(record)
  const samples = Object.values(read).flatMap((rows): object[] => (Array.isArray(rows) ? rows : []))
  const outcome = samples.length > 0 ? 'exposition read' : `refused: ${deadLetters[0]?.message ?? 'nothing in it is read'}`
  const shown = samples.map(sample =>
    JSON.stringify(Object.fromEntries(Object.entries(sample).filter(([, value]) => value !== null && value !== ''))),
  )
  return { outcome, detail: [`${samples.length} sample(s), ${deadLetters.length} unreadable line(s)`, ...shown].join('\n') }
}

function cell(name: string) {
  return { heading: name, cell: (row: Readonly<Record<string, unknown>>) => row[name] as string }
}
