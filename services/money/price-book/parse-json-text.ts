import { AppError, messageOf } from '../../platform/errors.ts'

/** JSON whose numbers are the text that stood in the file: `3e-06` stays "3e-06". A string and a number are not told apart. */
export type JsonText = string | boolean | null | JsonText[] | JsonObject
/** An object of such JSON. */
export type JsonObject = { [key: string]: JsonText }

/** Parses JSON without turning a number into a float. PRICE_INVALID when the text is not JSON (NaN and Infinity are not). */
export function parseJsonText(text: string): JsonText {
  try {
    return JSON.parse(text, keepNumberText as Parameters<typeof JSON.parse>[1]) as JsonText
  } catch (error) {
    throw new AppError('PRICE_INVALID', `the price file is not JSON: ${messageOf(error)}`, { cause: error })
  }
}

/** `context.source` is the literal as written; the language's library types do not know this third argument of a reviver everywhere. */
function keepNumberText(_key: string, value: unknown, context: { source?: string }): unknown {
  return typeof value === 'number' ? (context.source ?? String(value)) : value
}
