import { parseTextLine } from '../dialects/text-lines.ts'
import { parseCriLine } from './cri.ts'

/** Whether a text that is not JSON is a log line all the same: a container runtime's, or a text form of a dialect. */
export function isTextLine(text: string): boolean {
  return parseCriLine(text) !== undefined || parseTextLine(text) !== undefined
}
