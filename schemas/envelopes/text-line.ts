import { openText } from './open.ts'

/**
 * Whether a text that is not JSON is a log line all the same: a text form of a dialect, also behind what a runtime or shipper put before
 * it.
 */
export function isTextLine(text: string): boolean {
  return openText(text) !== undefined
}
