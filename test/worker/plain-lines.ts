/**
 * A dialect for tests of delivery, so that they do not depend on any real one: a message holds lines `<request> <start, ISO 8601>`;
 * every other line is refused. `twice <request> <start>` gives two rows.
 */
import { type AttemptRow, emptyAttempt } from '../../schemas/attempt.ts'
import type { DeadLetter } from '../../schemas/dead-letter.ts'
import { windowStart } from '../../services/platform/clock.ts'
import type { LogRecord } from '../../services/platform/event-log/port.ts'
import type { DecodedMessage, LineAt } from '../../services/worker/decode/decode-message.ts'
import { addEnd, type LineEnd } from '../../services/worker/decode/line-ends.ts'

/** Decodes a message of plain lines; `log_epoch` is 'test'. */
export function decodePlainLines(record: LogRecord): DecodedMessage {
  const lines = linesOf(record)
  const position = {
    log_epoch: 'test',
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    received_at: record.timestampMs,
  }
  const attempts: AttemptRow[] = []
  const deadLetters: DeadLetter[] = []
  for (const [line_no, line] of lines.entries()) {
    const [, twice, request, start] = /^(twice )?(\S+) (\d{4}-\S+Z)$/.exec(line) ?? []
    if (request === undefined || start === undefined) {
      deadLetters.push({
        ...position,
        line_no,
        source: 'test',
        code: 'LINE_NOT_JSON',
        message: `no plain line: ${line}`,
        line,
        encoding: 'utf8',
      })
      continue
    }
    const started_at = Date.parse(start)
    for (let row_no = 0; row_no < (twice ? 2 : 1); row_no++) {
      const content = emptyAttempt('tenant', request, started_at)
      attempts.push({ ...content, ...position, dialect: 'plain', window_start: windowStart(started_at), line_no, row_no })
    }
  }
  const ledger = {
    ...position,
    source: 'test',
    lines: lines.length,
    rows: attempts.length,
    accepted_lines: lines.length - deadLetters.length,
    dead_letters: deadLetters.length,
    skipped_lines: 0,
    skip_reasons: {},
    parked_lines: 0,
  }
  const ends: LineEnd[] = []
  addEnd(ends, { step: 'place_rows', outcome: 'rows', reason: '', count: ledger.accepted_lines })
  for (const { code } of deadLetters) addEnd(ends, { step: 'split_message', outcome: 'dead_letter', reason: code, count: 1 })
  return { attempts, samples: [], deadLetters, ledger, ends }
}

/** The line as it stood in the message. */
export const plainLineAt: LineAt = (record, lineNo) => ({ line: linesOf(record)[lineNo] as string, encoding: 'utf8' })

/** How many lines a message holds. */
export const plainLineCount = (record: LogRecord) => linesOf(record).length

/** A record as the log would give it. */
export function recordOf(offset: number, text: string, position: Partial<LogRecord> = {}): LogRecord {
  return {
    topic: 'weir.access-log.v1',
    partition: 0,
    offset,
    timestampMs: Date.UTC(2026, 6, 1, 12, 5, 0) + offset,
    key: undefined,
    value: Buffer.from(text),
    headers: {},
    ...position,
  }
}

function linesOf(record: LogRecord): string[] {
  return Buffer.from(record.value).toString('utf8').split('\n')
}
