/**
 * The records of a message with what shippers put around them taken off: a record per gateway line, however many stood in one envelope. Numbering of lines
 * starts here: line_no is the position of a record in this list.
 */
import { isObject, type Line } from '../../../schemas/dialects/dialect.ts'
import type { Reader } from '../../../schemas/dialects/field-table.ts'
import type { SkipReason } from '../../../schemas/dialects/skip-reasons.ts'
import { type CriLine, parseCriLine } from '../../../schemas/envelopes/cri.ts'
import { type Opened, openEnvelope, openText } from '../../../schemas/envelopes/open.ts'
import { AppError } from '../../platform/errors.ts'
import type { LogRecord } from '../../platform/event-log/port.ts'
import { openMessage } from './open-message.ts'
import type { RawLine } from './split-lines.ts'

/** A record as it is decoded: a value, the fault for which it has none, or the reason why it is skipped. */
export interface OpenRecord extends RawLine {
  skip?: SkipReason
  /** Only a part of a line: nothing in it can be opened. */
  isPart?: boolean
}

/** Splits a message and opens its envelopes; a line of one of the operator's `own` dialects is none. Never throws. */
export function readRecords(
  message: Pick<LogRecord, 'value' | 'headers'>,
  maxLineBytes: number,
  own: readonly Reader[] = [],
): OpenRecord[] {
  const records: OpenRecord[] = []
  for (const raw of joinParts(openMessage(message, maxLineBytes))) {
    const opened = openedOf(raw, own)
    if (opened === undefined) records.push(raw)
    else for (const inner of opened) records.push(recordOf(inner, raw, opened.length === 1))
  }
  return records
}

function openedOf(raw: OpenRecord, own: readonly Reader[]): Opened[] | undefined {
  if (raw.isPart === true) return undefined
  if (raw.fault === undefined) return isObject(raw.value) ? openEnvelope(raw.value as Line, own) : undefined
  // Only a text that is whole and is not JSON can be a text form of a log.
  return raw.fault.code === 'LINE_NOT_JSON' && typeof raw.raw === 'string' ? openText(raw.raw.trim()) : undefined
}

/** A single inner line is kept with its envelope, so that it can be replayed as it came; of several, each is kept by itself. */
function recordOf(inner: Opened, outer: RawLine, isOnly: boolean): OpenRecord {
  const raw = isOnly ? (outer.raw ?? undefined) : undefined
  if ('skip' in inner) return { value: outer.value, fault: undefined, raw, skip: inner.skip }
  if ('fault' in inner) return { value: outer.value, fault: inner.fault, raw }
  return { value: inner.value, fault: undefined, raw }
}

/** Joins the parts (P) of CRI lines of one stream with their end (F) where they stand in this message; a part without its end is refused. */
function joinParts(lines: RawLine[]): OpenRecord[] {
  if (!lines.some(line => isPart(criOf(line)))) return lines
  const joined: OpenRecord[] = []
  const held = new Map<string, { text: string; raw: string[] }>()
  for (const line of lines) {
    const cri = criOf(line)
    const before = cri === undefined ? undefined : held.get(cri.stream)
    if (cri === undefined || (!cri.isPart && before === undefined)) {
      joined.push(line)
      continue
    }
    const text = (before?.text ?? '') + cri.text
    const raw = [...(before?.raw ?? []), line.raw as string]
    if (cri.isPart) held.set(cri.stream, { text, raw })
    else {
      held.delete(cri.stream)
      const end = (line.raw as string).slice(0, -cri.text.length || undefined)
      joined.push({ value: undefined, fault: line.fault, raw: `${end}${text}` })
    }
  }
  for (const { raw } of held.values()) {
    const fault = new AppError(
      'LINE_NOT_JSON',
      'The line is the first part (P) of a container log line whose rest is not in the same message.',
    )
    joined.push({ value: undefined, fault, raw: raw.join('\n'), isPart: true })
  }
  return joined
}

function criOf(line: RawLine): CriLine | undefined {
  return line.fault?.code === 'LINE_NOT_JSON' && typeof line.raw === 'string' ? parseCriLine(line.raw.trim()) : undefined
}

function isPart(cri: CriLine | undefined): boolean {
  return cri?.isPart === true
}
