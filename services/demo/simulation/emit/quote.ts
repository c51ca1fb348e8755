const LIMIT = 50_000
const quotedTexts = new Map<string, string>()

/** A text as JSON. Remembers what it has written: names repeat on every line. */
export function quote(text: string): string {
  let quoted = quotedTexts.get(text)
  if (quoted === undefined) {
    if (quotedTexts.size >= LIMIT) quotedTexts.clear()
    quoted = JSON.stringify(text)
    quotedTexts.set(text, quoted)
  }
  return quoted
}
