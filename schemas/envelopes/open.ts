/**
 * Opens what shippers and collectors wrap around a gateway's line. A line that some dialect recognises is never opened, whatever fields it
 * has: its text may hold words of a client.
 */
import { AppError } from '../../services/platform/errors.ts'
import { has, isObject, type Line } from '../dialects/dialect.ts'
import type { Reader } from '../dialects/field-table.ts'
import { isRecognised, SHIPPER_TENANT } from '../dialects/registry.ts'
import type { SkipReason } from '../dialects/skip-reasons.ts'
import { parseTextLine } from '../dialects/text-lines.ts'
import { parseCriLine } from './cri.ts'
import { lineLists, linesInList } from './line-lists.ts'
import { isOtherText } from './other-texts.ts'
import { logLines } from './otlp-logs.ts'
import { isBareSpan, spanLine, spanLines } from './otlp-traces.ts'
import { shippedIn } from './shippers.ts'
import { behindPrefix } from './text-prefixes.ts'

/** Envelopes around one line, at most. */
export const MAX_ENVELOPES = 3

/** What was in an envelope: a line, or why there is none. */
export type Opened = { value: unknown } | { fault: AppError } | { skip: SkipReason }

/** Names of which every envelope has one; looked up first, so that plain lines cost next to nothing. */
const ENVELOPE_FIELDS = [
  'log',
  'message',
  'resourceLogs',
  'resourceSpans',
  'log_processed',
  'json',
  'MESSAGE',
  'attributes',
  'jsonPayload',
  'textPayload',
  'line',
  ...lineLists.map(list => list.field),
]

/**
 * The lines in a JSON value that may be an envelope; undefined when it is none, or a line of one of the
 * operator's `own` dialects. Never throws.
 */
export function openEnvelope(line: Line, own: readonly Reader[] = []): Opened[] | undefined {
  return own.length > 0 && own.some(reader => reader.dialect.recognises(line) !== false) ? undefined : openLine(line, 0)
}

/**
 * The lines in a text that is not JSON: a CRI line, a text form of a dialect, or either behind what some program put before it. Undefined
 * when it is none of them and not known as other output beside access logs. Never throws.
 */
export function openText(text: string, depth = 0): Opened[] | undefined {
  const cri = parseCriLine(text)
  if (cri !== undefined) return openPayload(cri.text, depth + 1)
  const line = parseTextLine(text)
  if (line !== undefined) return [{ value: line }]
  if (isOtherText(text)) return [{ skip: 'other_text' }]
  const inner = depth < MAX_ENVELOPES ? behindPrefix(text) : undefined
  if (inner === undefined) return undefined
  return inner.isSure || isBegunJson(inner.text) ? openPayload(inner.text, depth + 1) : openText(inner.text, depth + 1)
}

function openLine(line: Line, depth: number): Opened[] | undefined {
  if (!ENVELOPE_FIELDS.some(name => has(line, name)) || isRecognised(line)) return undefined
  if (Array.isArray(line['resourceSpans'])) return spanLines(line).map(value => ({ value }))
  if (Array.isArray(line['resourceLogs']))
    return logLines(line).flatMap(({ line: inner, tenant }) => openPayload(inner, depth + 1).map(one => withTenant(one, tenant)))
  if (isBareSpan(line)) return [{ value: spanLine(line) }]
  const list = linesInList(line)
  if (list !== undefined) return list.flatMap(inner => openPayload(inner, depth + 1))
  const shipped = shippedIn(line)
  if (shipped === undefined) return undefined
  return openPayload(shipped.value, depth + 1).map(one => withTenant(one, line['tenant_id']))
}

/** The line with the tenant that its envelope names, for dialects to fall back on. The innermost envelope that names one counts. */
function withTenant(opened: Opened, tenant: unknown): Opened {
  if (!('value' in opened) || !isObject(opened.value) || typeof tenant !== 'string' || tenant === '' || has(opened.value, SHIPPER_TENANT))
    return opened
  return { value: { ...opened.value, [SHIPPER_TENANT]: tenant } }
}

function openPayload(payload: unknown, depth: number): Opened[] {
  if (depth > MAX_ENVELOPES) {
    return [{ fault: new AppError('LINE_TOO_DEEP', `More than ${MAX_ENVELOPES} shipper envelopes stand around the line.`) }]
  }
  if (typeof payload !== 'string') return openInner(payload, depth)
  const text = payload.trim()
  const parsed = parsedJson(text)
  if (parsed !== undefined)
    return Array.isArray(parsed.value)
      ? parsed.value.flatMap((element: unknown) => openInner(element, depth))
      : openInner(parsed.value, depth)
  // A program's other output beside its access log is no fault; the beginning of a JSON value that does not end is one.
  if (!isBegunJson(text)) return openText(text, depth) ?? [{ skip: 'other_text' }]
  return [{ fault: new AppError('LINE_NOT_JSON', 'The line inside a shipper’s envelope is not JSON; it may have been cut off.') }]
}

function openInner(value: unknown, depth: number): Opened[] {
  if (Array.isArray(value))
    return [{ fault: new AppError('LINE_NOT_JSON', 'The line inside a shipper’s envelope is an array inside an array.') }]
  if (!isObject(value)) return [{ skip: 'other_text' }]
  return openLine(value, depth) ?? [{ value }]
}

function isBegunJson(text: string): boolean {
  return text.startsWith('{') || text.startsWith('[{')
}

function parsedJson(text: string): { value: unknown } | undefined {
  if (!text.startsWith('{') && !text.startsWith('[')) return undefined
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}
