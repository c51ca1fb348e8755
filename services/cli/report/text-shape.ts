import { isCsvHeader } from '../../worker/decode/split-csv.ts'

/** What a text is. */
export interface Shape {
  kind: 'access-log' | 'exposition'
  /** It makes sense only as a whole. */
  isWhole: boolean
  isCsv: boolean
}

/** The beginning of an exposition: a comment, or a series with a value. */
const EXPOSITION = /^(?:#|[a-zA-Z_:][\w:]*(?:\{[^\n]*\})?[ \t]+[-+.\dNI])/
/** The beginning of a JSON array of objects; text in brackets (Envoy's own log, `kubectl logs --prefix`) begins otherwise. */
const ARRAY = /^\[\s*(?:[{[\]]|$)/

/** What the beginning of a text looks like: an object printed over several lines is read as a whole, lines of objects are not. */
export function shapeOf(beginning: Buffer): Shape {
  const text = beginning
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
  if (EXPOSITION.test(text)) return { kind: 'exposition', isWhole: true, isCsv: false }
  const [firstLine = '', ...others] = text.split('\n', 2)
  if (isCsvHeader(firstLine) && others.length > 0) return { kind: 'access-log', isWhole: false, isCsv: true }
  return { kind: 'access-log', isWhole: ARRAY.test(text) || firstLine.trim() === '{', isCsv: false }
}
