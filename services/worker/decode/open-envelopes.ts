import { isObject, type Line } from '../../../schemas/dialects/dialect.ts'
import type { Reader } from '../../../schemas/dialects/field-table.ts'
import { type Opened, openEnvelope, openText } from '../../../schemas/envelopes/open.ts'
import { jsonFaultText } from './json-fault.ts'
import { isEnded, type LineState, notJson, refusedLine, skippedLine, valueLine } from './line.ts'

/**
 * Takes off what shippers put around lines, however many stand in one envelope, and reads text forms of logs. A line of one of the
 * operator's `own` dialects is no envelope; text that has no known form is refused as not JSON.
 */
export function openEnvelopes(lines: LineState[], own: readonly Reader[]): LineState[] {
  const opened: LineState[] = []
  for (const line of lines) {
    const inner = openedOf(line, own)
    if (inner === undefined) opened.push(line)
    else for (const one of inner) opened.push(lineOf(one, line, inner.length === 1))
  }
  return opened
}

function openedOf(line: LineState, own: readonly Reader[]): Opened[] | undefined {
  if (isEnded(line) || line.isPart) return undefined
  if (!line.isText) return isObject(line.value) ? openEnvelope(line.value as Line, own) : undefined
  const text = line.raw as string
  return openText(text.trim()) ?? [{ fault: notJson(jsonFaultText(text)) }]
}

/** A single inner line is kept with its envelope, so that it can be replayed as it came; of several, each is kept by itself. */
function lineOf(inner: Opened, outer: LineState, isOnly: boolean): LineState {
  const raw = isOnly ? outer.raw : undefined
  if ('skip' in inner) return skippedLine(inner.skip, outer.value, raw, outer.textLine)
  if ('fault' in inner) return refusedLine(inner.fault, raw, outer.textLine, outer.value)
  return valueLine(inner.value, raw, outer.textLine)
}
