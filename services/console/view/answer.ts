import type { Place } from '../state/place.ts'
import { queryOf } from '../state/place.ts'
import { html } from './html.ts'

/** An answer of /v1/answers/…, as far as every question has it. */
export interface Answer {
  readonly question: string
  readonly from: string
  readonly to: string
  readonly settled_until: string | null
  readonly sentence: string
  readonly confidence: Confidence
  readonly is_calm: boolean
  readonly findings: readonly (Record<string, unknown> & { sentence: string; confidence: Confidence })[]
  readonly sample: { readonly requests: number; readonly minutes: number }
  readonly missing: readonly string[]
  readonly would_change: string | null
}
export type Confidence = 'high' | 'medium' | 'low' | 'cannot tell'

const words: Readonly<Record<Confidence, string>> = { high: 'sure', medium: 'fairly sure', low: 'unsure', 'cannot tell': 'cannot tell' }
const signs: Readonly<Record<Confidence, string>> = { high: '●', medium: '◐', low: '○', 'cannot tell': '?' }

/** How sure an answer is, as a sign and a word. */
export function Sureness({ confidence }: { confidence: Confidence }) {
  return html`<span class="mark" title="how sure this is"><span aria-hidden="true">${signs[confidence]}</span> ${words[confidence]}</span>`
}

/** The path of a question about the place's tenants; `isRanged`: and about its range, else about what the question looks at by itself. */
export function answerPath(question: string, place: Place, nowMs: number, { isRanged }: { isRanged: boolean }): string {
  const query = queryOf(place, nowMs)
  if (!isRanged) for (const name of ['from', 'to']) query.delete(name)
  const text = query.toString()
  return `/v1/answers/${question}${text && `?${text}`}`
}

/** The whole of a long sentence, its times in words that people read: the API writes them in full. */
export function readable(sentence: string, timeOf: (atMs: number) => string): string {
  return sentence.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g, text => timeOf(Date.parse(text)))
}
