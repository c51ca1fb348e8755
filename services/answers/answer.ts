/** The grammar of an answer: what every question is answered with, whoever asks (API, command, alert, audit). */
import Type, { type TObject } from 'typebox'

/**
 * How sure an answer is. high: its interval is clear of the threshold by as much as its half-width and at least 95 % of what happened was
 * seen; medium: clear of it; low: not clear, but at least 80 % of the evidence is on one side; otherwise nobody can tell from what is
 * there.
 */
export const CONFIDENCES = ['high', 'medium', 'low', 'cannot tell'] as const
export type Confidence = (typeof CONFIDENCES)[number]

const confidence = Type.Union(
  CONFIDENCES.map(word => Type.Literal(word)),
  { description: 'how sure it is' },
)
const sentence = (description: string) => Type.String({ description })

/** An estimate with its interval, in the unit that its field names. */
export const Interval = Type.Object({
  low: Type.Number({ description: 'lower end' }),
  high: Type.Number({ description: 'upper end' }),
  level: Type.Number({ minimum: 0, maximum: 1, description: 'how often such an interval holds the true value' }),
})
export interface Interval {
  readonly low: number
  readonly high: number
  readonly level: number
}

/** The schema of an interval of what `description` says. */
export const intervalOf = (description: string) => Type.Object(Interval.properties, { description })

/** What an answer is made of. */
export const Sample = Type.Object({
  requests: Type.Integer({ minimum: 0, description: 'requests looked at' }),
  minutes: Type.Integer({ minimum: 0, description: 'settled minutes in which there was something to look at' }),
})
export interface Sample {
  readonly requests: number
  readonly minutes: number
}

/** What every finding has; a question adds its figures. */
export const findingHead = { sentence: sentence('what was found, in numbers'), confidence } as const

/** One thing found. Units are told by the names and the schema of its question. */
export interface Finding {
  readonly sentence: string
  readonly confidence: Confidence
}

/** An answer. Times are ISO 8601 in UTC. */
export interface Answer<F extends Finding = Finding> {
  readonly question: string
  readonly from: string
  readonly to: string
  /** Figures are settled up to here; null: nothing is. What started later is in no finding. */
  readonly settled_until: string | null
  readonly sentence: string
  readonly confidence: Confidence
  /** Nothing in it is worth telling unasked: a report, a capsule or a page leaves it out. */
  readonly is_calm: boolean
  readonly findings: readonly F[]
  readonly sample: Sample
  /** Share of what happened that could be seen, 0 to 1; null: not known. */
  readonly coverage: number | null
  readonly missing: readonly string[]
  readonly would_change: string | null
  readonly method: string
}

/** Schema of an answer whose findings are `finding`. */
export function answerSchema(finding: TObject): TObject {
  const time = (description: string) => Type.String({ format: 'date-time', description })
  return Type.Object({
    question: sentence('name of the question'),
    from: time('start of what was looked at, inclusive'),
    to: time('its end, exclusive'),
    settled_until: Type.Union([time('end of the last settled minute'), Type.Null()], {
      description: 'figures are settled up to here; what started later is in no finding',
    }),
    sentence: sentence('the answer in one sentence'),
    confidence,
    is_calm: Type.Boolean({ description: 'nothing in it is worth telling unasked' }),
    findings: Type.Array(finding, { description: 'what was found, the most important first' }),
    sample: Sample,
    coverage: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
      description: 'share of what happened that could be seen; null: not known',
    }),
    missing: Type.Array(Type.String(), { description: 'what would have been needed and was not there' }),
    would_change: Type.Union([Type.String(), Type.Null()], {
      description: 'the least change that would turn the answer; null: none is known',
    }),
    method: sentence('how it was found: a heading of docs/answers.md'),
  })
}
