/** What a provider's words for a meter mean: token kind and model. */

/**
 * Patterns of kinds, the first that matches counts. Words: AWS's usage types (`-cache-read-input-token-count`), Azure's meters
 * (`gpt-4o-0806-cchd-Inp-glbl`), Google's SKUs (`Gemini 2.5 Flash Text Input - Predictions`), OpenAI's line items (`gpt-4o, cached input`),
 * Anthropic's token types (`cache_creation.ephemeral_1h_input_tokens`, `uncached_input_tokens`).
 */
const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['discount', /\b(credit|discount|refund|savings? ?plan negation)\b/],
  ['input', /\b(un|non )cached\b/],
  ['cache_write_1h', /(cach.*(write|creat|writ|ephemeral).*1 ?h)|ephemeral 1h|1 ?h(our)?.*cach.*wr/],
  ['cache_write', /cach.*(write|creat|ephemeral|\bwr\b)|ephemeral 5m/],
  ['cached_input', /\bcach(ed|e|ing)?\b|\bcchd?\b|\bcd inp/],
  ['reasoning', /\breasoning\b/],
  ['output', /\b(output|outpt|outp|out|opt|completion|completions|generated|response)\b/],
  ['input', /\b(input|inpt|inp|in|prompt|embedding|embeddings|tokens?)\b/],
]
/** Words that say the kind, the unit or the place, and so not the model. */
const NO_MODEL = new RegExp(
  [
    /\b(un|non )?cached?\b|\bcchd?\b/,
    /\b(input|inpt|inp|output|outpt|outp|opt|out|in|tokens?|count|units?|read|write|creation|ephemeral|5m|1h|k|1k|1m|1000)\b/,
    /\b(mantle|prompt|completions?|predictions?|batch|flex|priority|thinking|text|reasoning|api|for|of)\b/,
    /\b(cross|region|standard|on demand|global|glbl|regional|regnl|data|zone|dzone)\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
)

/** The kind that the words name; 'other': none. */
export function kindOfText(text: string): string {
  const words = wordsOf(text)
  return KINDS.find(([, pattern]) => pattern.test(words))?.[0] ?? 'other'
}

/** What is left of the words without those of kind, unit and place; '': nothing. */
export function modelOfText(text: string): string {
  const place = /^([A-Z]{2,4}\d|[a-z]{2}-[a-z]+-\d)[-:]/
  return wordsOf(text.replace(place, ''), true)
    .replace(NO_MODEL, ' ')
    .replace(/(?<=^|\s)[-:/.]+|[-:/.]+(?=\s|$)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

function wordsOf(text: string, keepsPoints = false): string {
  return text
    .toLowerCase()
    .replace(keepsPoints ? /[^a-z0-9.:@/-]+/g : /[^a-z0-9]+/g, ' ')
    .trim()
}

/** How many tokens one unit is: "1K tokens" 1000, "1000000 Tokens" a million, "Tokens" or "count" 1; null: the unit is none of tokens. */
export function tokensOfUnit(unit: string): number | null {
  const found = /^\s*(\d[\d,]*)?\s*(k|m|thousand|million)?\s*(?:tokens?|units?|counts?)?\s*$/i.exec(unit)
  if (!found) return null
  const [, digits = '', scale = ''] = found
  const factor = /^k|^t/i.test(scale) ? 1000 : /^m/i.test(scale) ? 1_000_000 : 1
  return Number(digits.replaceAll(',', '') || '1') * factor
}
