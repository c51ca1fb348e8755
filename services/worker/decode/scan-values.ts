const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const NEWLINE = 0x0a

/** A value in a text: where it begins and ends, and the line of the text on which it begins, from 0. */
export interface ValuePlace {
  start: number
  end: number
  textLine: number
}

/**
 * Cuts a text into the JSON values it holds side by side: objects printed over several lines one after another, or the elements of an
 * array. Only brackets and quotes are looked at, so a value that is not JSON comes out whole and its neighbours with it; after a quote that
 * never ends, the rest is one value.
 */
export function scanValues(text: string): ValuePlace[] {
  const places: ValuePlace[] = []
  let textLine = 0
  let countedTo = 0
  let at = skipBlank(text, 0)
  const isArray = text[at] === '['
  if (isArray) at += 1
  for (;;) {
    at = skipBlank(text, at)
    if (at >= text.length) return places
    const character = text.charCodeAt(at)
    if (character === COMMA || (isArray && text[at] === ']')) {
      at += 1
      continue
    }
    for (; countedTo < at; countedTo += 1) if (text.charCodeAt(countedTo) === NEWLINE) textLine += 1
    const end = valueEnd(text, at)
    places.push({ start: at, end: endWithoutBlank(text, at, end), textLine })
    at = end
  }
}

/** Whether a text begins as an array of objects does. Text in brackets (Envoy's own log, `kubectl logs --prefix`) does not. */
export function beginsAsArray(text: string): boolean {
  const open = skipBlank(text, 0)
  if (text[open] !== '[') return false
  const first = text[skipBlank(text, open + 1)]
  return first === undefined || first === '{' || first === '['
}

function skipBlank(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1
  return at
}

function endWithoutBlank(text: string, start: number, end: number): number {
  let at = end
  while (at > start + 1 && text.charCodeAt(at - 1) <= 0x20) at -= 1
  return at
}

function valueEnd(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] as string
    if (text.charCodeAt(at) === QUOTE) {
      at = stringEnd(text, at)
      if (depth === 0) return Math.min(at + 1, text.length)
    } else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') {
      depth -= 1
      if (depth <= 0) return depth < 0 && at > from ? at : at + 1
    } else if (depth === 0 && (character === ',' || character === '\n')) return at
  }
  return text.length
}

function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (character === BACKSLASH) at += 1
    else if (character === QUOTE) return at
  }
  return text.length
}
