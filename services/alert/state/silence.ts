import type { Silence } from '../../../schemas/alert-commands.ts'
import { fitsPattern } from '../config/routes-of.ts'
import type { Labels } from '../reading.ts'

/** Whether the silence holds at `atMs` (inclusive, exclusive) for an alert with these labels; `rule` counts as one. */
export function isSilenced(silence: Silence, labels: Labels, atMs: number): boolean {
  if (atMs < silence.from_ms || atMs >= silence.until_ms) return false
  return Object.entries(silence.matchers).every(([name, pattern]) => fitsPattern(labels[name] ?? '', pattern))
}
