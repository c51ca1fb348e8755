import { isObject, type Line } from '../dialects/dialect.ts'

/** Nested values of a sender are followed this deep; what is deeper becomes null. */
const MAX_DEPTH = 8

/**
 * A value of OTLP's AnyValue, as OTLP/JSON writes it or as a protobuf decoder gives it: 64-bit integers as text, number or bigint; bytes as
 * base64 text. Whole numbers beyond 2^53 stay text. Null: empty or of an unknown kind.
 */
export function otlpValue(value: unknown, depth = 0): unknown {
  if (!isObject(value) || depth > MAX_DEPTH) return null
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value
  if (typeof stringValue === 'string') return stringValue
  if (typeof boolValue === 'boolean') return boolValue
  if (intValue !== undefined && intValue !== null) return wholeNumber(intValue)
  if (doubleValue !== undefined && doubleValue !== null) return doubleValue
  if (isObject(arrayValue)) return listOf(arrayValue['values']).map(item => otlpValue(item, depth + 1))
  if (isObject(kvlistValue)) return otlpAttributes(kvlistValue['values'], depth + 1)
  return typeof bytesValue === 'string' ? bytesValue : null
}

/**
 * OTLP's list of `{key, value}` as one object; of a repeated key the last counts. Null-prototyped, so that no key can be anything but data.
 */
export function otlpAttributes(attributes: unknown, depth = 0): Line {
  const line: Record<string, unknown> = Object.create(null)
  for (const attribute of listOf(attributes)) {
    if (isObject(attribute) && typeof attribute['key'] === 'string') line[attribute['key']] = otlpValue(attribute['value'], depth)
  }
  return line
}

/** Whether the value is a list of OTLP attributes with at least one in it. */
export function isAttributeList(value: unknown): boolean {
  return Array.isArray(value) && isObject(value[0]) && typeof value[0]['key'] === 'string' && isObject(value[0]['value'])
}

/** The elements of a list; none when it is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Hex text of an id, which a protobuf decoder gives as bytes; '' when there is none or it is all zeros, which means none. */
export function otlpId(value: unknown): string {
  const hex = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : typeof value === 'string' ? value : ''
  return /^0*$/.test(hex) ? '' : hex
}

/** Nanoseconds since 1970 as whole digits; null when not given (0 means that too). */
export function otlpNanos(value: unknown): string | null {
  const digits = typeof value === 'bigint' || typeof value === 'number' ? String(value) : value
  return typeof digits === 'string' && /^[1-9]\d{0,18}$/.test(digits) ? digits : null
}

function wholeNumber(value: unknown): unknown {
  const text = typeof value === 'bigint' ? value.toString() : value
  if (typeof text !== 'string') return text
  const number = Number(text)
  return /^-?\d{1,16}$/.test(text) && Number.isSafeInteger(number) ? number : text
}
