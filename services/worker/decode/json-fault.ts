/** Where a text stops being JSON: position from 1, and what was expected there. */
export interface JsonFault {
  position: number
  expected: string
}

const BLANK = /[ \t\n\r]*/y
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y
const HEX = /^[0-9a-fA-F]{4}$/
const QUOTE = 0x22
const BACKSLASH = 0x5c
const FIRST_PRINTABLE = 0x20
const NEAR_CHARACTERS = 24

type Expect = 'a value' | 'a value or ]' | 'a name in quotes' | 'a name in quotes or }' | ':' | ', or }' | ', or ]' | 'the end'

/** The first fault of a text that JSON.parse refused; undefined when there is none. Needs no stack, so depth does no harm. */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: ('{' | '[')[] = []
  let at = 0
  let expect: Expect = 'a value'
  const skip = (pattern: RegExp) => {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }
  const skipText = () => {
    const end = textEnd(text, at)
    if (end > 0) at = end
    return end > 0
  }
  const afterValue = (): Expect => (open.length === 0 ? 'the end' : open.at(-1) === '{' ? ', or }' : ', or ]')
  for (;;) {
    skip(BLANK)
    if (at >= text.length) return expect === 'the end' ? undefined : { position: at + 1, expected: expect }
    const next: Expect | undefined = step(text[at] as string, expect, { open, skip, skipText, advance: () => (at += 1), afterValue })
    if (next === undefined)
      return { position: at + 1, expected: text[at] === '"' && isTextWanted(expect) ? 'text that ends and has no bad escape' : expect }
    expect = next
  }
}

/**
 * The position after a JSON string that begins at `from`; 0 when it is none. By hand: an expression with alternatives
 * runs out of stack on long ones.
 */
function textEnd(text: string, from: number): number {
  if (text[from] !== '"') return 0
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at + 1
    if (code < FIRST_PRINTABLE) return 0
    if (code !== BACKSLASH) continue
    const escaped = text[at + 1] ?? ''
    if (escaped === 'u' && HEX.test(text.slice(at + 2, at + 6))) at += 5
    else if (escaped !== '' && '"\\/bfnrt'.includes(escaped)) at += 1
    else return 0
  }
  return 0
}

function isTextWanted(expect: Expect): boolean {
  return expect.startsWith('a ')
}

interface Reader {
  open: ('{' | '[')[]
  skip(pattern: RegExp): boolean
  skipText(): boolean
  advance(): void
  afterValue(): Expect
}

function step(character: string, expect: Expect, reader: Reader): Expect | undefined {
  const { open, skip, skipText, advance, afterValue } = reader
  if (character === '}' || character === ']') {
    const isAllowed =
      character === '}' ? expect === ', or }' || expect === 'a name in quotes or }' : expect === ', or ]' || expect === 'a value or ]'
    if (!isAllowed) return undefined
    open.pop()
    advance()
    return afterValue()
  }
  if (expect === 'a value' || expect === 'a value or ]') {
    if (character === '{' || character === '[') {
      open.push(character)
      advance()
      return character === '{' ? 'a name in quotes or }' : 'a value or ]'
    }
    return (character === '"' ? skipText() : skip(SCALAR)) ? afterValue() : undefined
  }
  if (expect.startsWith('a name')) return skipText() ? ':' : undefined
  if (expect === ':' && character === ':') {
    advance()
    return 'a value'
  }
  if (expect.startsWith(',') && character === ',') {
    advance()
    return open.at(-1) === '{' ? 'a name in quotes' : 'a value'
  }
  return undefined
}

/** The fault in words, with the text around it. */
export function jsonFaultText(text: string): string {
  const fault = findJsonFault(text)
  if (fault === undefined) return 'The line is not JSON.'
  const from = Math.max(0, fault.position - 1 - NEAR_CHARACTERS)
  const near = text.slice(from, fault.position - 1 + NEAR_CHARACTERS).toWellFormed()
  const where = fault.position > text.length ? 'at its end' : `at character ${fault.position}`
  return `The line is not JSON ${where}: expected ${fault.expected}, near ${JSON.stringify(near)}.`
}
