import { type CriLine, parseCriLine } from '../../../schemas/envelopes/cri.ts'
import { type LineState, notJson, textLine } from './line.ts'

/**
 * Joins the parts (P) of CRI lines of one stream with their end (F) where they stand in this message; a part without its end is refused.
 */
export function joinParts(lines: LineState[]): LineState[] {
  if (!lines.some(line => criOf(line)?.isPart === true)) return lines
  const joined: LineState[] = []
  const held = new Map<string, { text: string; raw: string[]; textLine: number }>()
  for (const line of lines) {
    const cri = criOf(line)
    const before = cri === undefined ? undefined : held.get(cri.stream)
    if (cri === undefined || (!cri.isPart && before === undefined)) {
      joined.push(line)
      continue
    }
    const begun = before ?? { text: '', raw: [], textLine: line.textLine }
    begun.text += cri.text
    begun.raw.push(line.raw as string)
    if (cri.isPart) held.set(cri.stream, begun)
    else {
      held.delete(cri.stream)
      const end = (line.raw as string).slice(0, -cri.text.length || undefined)
      joined.push(textLine(`${end}${begun.text}`, begun.textLine))
    }
  }
  for (const { raw, textLine: lineNo } of held.values()) {
    const fault = notJson('The line is the first part (P) of a container log line whose rest is not in the same message.')
    joined.push({ ...textLine(raw.join('\n'), lineNo), isPart: true, fault })
  }
  return joined
}

function criOf(line: LineState): CriLine | undefined {
  return line.isText ? parseCriLine((line.raw as string).trim()) : undefined
}
