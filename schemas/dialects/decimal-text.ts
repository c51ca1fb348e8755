const PLAIN = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/
/** No amount is longer, and a longer one would be slow to compute with. */
const TEXT_LIMIT = 100
const FRACTION_DIGITS = 18
/** Amounts of one attempt are below 10^9: sums of them then stay exact in ClickHouse's Decimal(38, 18). */
const WHOLE_DIGITS = 9

/**
 * An amount as plain decimal text: no exponent, no needless zeros, at most 18 fraction digits (rounded half to even beyond them).
 * A number is taken at the shortest text that reads back as itself, which is what gateways write. Undefined when it is not an amount of 0
 * or more, or has more than `wholeDigits` digits before the point.
 */
export function decimalText(value: unknown, wholeDigits = WHOLE_DIGITS): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined
  const given = typeof value === 'number' || typeof value === 'string' ? String(value) : ''
  const match = given.length > TEXT_LIMIT ? null : PLAIN.exec(given)
  if (match === null) return undefined
  const exponent = Number(match[3] ?? 0)
  const digits = (match[1] ?? '') + (match[2] ?? '')
  const point = (match[1] ?? '').length + exponent
  const whole = digits.slice(0, Math.max(0, point)).padEnd(Math.max(0, point), '0')
  const fraction = '0'.repeat(Math.max(0, -point)) + digits.slice(Math.max(0, point))
  return joined(whole, fraction, wholeDigits)
}

function joined(whole: string, fraction: string, wholeDigits: number): string | undefined {
  const kept = fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, '0')
  const rest = fraction.slice(FRACTION_DIGITS).replace(/0+$/, '')
  let scaled = BigInt(`${whole}${kept}`)
  const first = rest.charCodeAt(0) - 48
  const isTie = rest === '5'
  if (rest !== '' && (isTie ? scaled % 2n === 1n : first >= 5)) scaled += 1n
  const text = scaled.toString().padStart(FRACTION_DIGITS + 1, '0')
  const wholeText = text.slice(0, -FRACTION_DIGITS)
  if (wholeText.length > wholeDigits) return undefined
  const fractionText = text.slice(-FRACTION_DIGITS).replace(/0+$/, '')
  return fractionText === '' ? wholeText : `${wholeText}.${fractionText}`
}

/** A plain decimal text times a power of ten, exactly; digits beyond the 18th after the point are rounded half to even. */
export function shiftedDecimal(text: string, exponent: number): string {
  return decimalText(`${text}e${exponent}`) ?? text
}
