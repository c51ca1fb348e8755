import { createHash } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { EARLIEST_MS, LATEST_MS } from './period.ts'

/** Where a page ended: which question it answered (`query`, a fingerprint), its period in ms, and the keys of its last row. */
export const Cursor = Type.Object(
  {
    query: Type.String({ pattern: '^[0-9a-f]{16}$' }),
    from: Type.Integer({ minimum: EARLIEST_MS, maximum: LATEST_MS }),
    to: Type.Integer({ minimum: EARLIEST_MS, maximum: LATEST_MS }),
    after: Type.Array(Type.String({ maxLength: 8192 }), { maxItems: 20 }),
  },
  { additionalProperties: false },
)
export type Cursor = Static<typeof Cursor>

/** A cursor as text for a URL. It holds nothing that its reader has not seen, and grants nothing: the token is checked on every page. */
export function cursorText(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url')
}

/** The cursor in a text; undefined: it is not one. */
export function parseCursor(text: string): Cursor | undefined {
  if (!/^[\w-]{1,100000}$/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return Value.Check(Cursor, value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Sixteen hexadecimal digits that differ between questions (endpoint, groups, step, filters), so that a
 * cursor is not used with another one.
 */
export function fingerprint(question: unknown): string {
  return createHash('sha256').update(JSON.stringify(question)).digest('hex').slice(0, 16)
}
