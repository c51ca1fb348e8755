/**
 * Every answer is made of what came. Where a sender stopped, the answer says so, tells how much it did not see, and is as much less sure.
 */
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { HOUR, MINUTE } from '../../platform/clock.ts'
import type { Answer, Confidence } from '../answer.ts'
import type { AnswerDeps, Asked, Question } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import { isoTime } from '../settled-until.ts'
import { findSilences, type Silence, type SourceMinute } from './find-silences.ts'

const sourceMinutesSql = readQuery(import.meta.url, 'source-minutes')

/** Senders are looked at over the last hour of the period at most, and the half hour before it, for what is usual. */
const MOST_MS = HOUR
const BEFORE_MS = HOUR / 2

/** The least share of what happened that is seen for each word: below, the next one is the most that is said. */
const MOST_SURE = [
  { from: 0.95, confidence: 'high' },
  { from: 0.8, confidence: 'medium' },
  { from: 0.5, confidence: 'low' },
  { from: 0, confidence: 'cannot tell' },
] as const satisfies readonly { from: number; confidence: Confidence }[]
const ORDER: readonly Confidence[] = ['cannot tell', 'low', 'medium', 'high']

/** The question, whose answers know of senders that stopped. */
export function knowingSilence(question: Question): Question {
  return {
    ...question,
    async ask(asked, deps) {
      const answer = await question.ask(asked, deps)
      const [fromMs, toMs] = [answer.from, answer.settled_until ?? answer.to].map(Date.parse) as [number, number]
      if (!(fromMs < toMs)) return answer
      const looked = { fromMs: Math.max(fromMs, toMs - MOST_MS), toMs, periodMs: toMs - fromMs }
      return withSilences(answer, await readSourceMinutes(looked, asked, deps), looked)
    },
  }
}

function readSourceMinutes({ fromMs, toMs }: { fromMs: number; toMs: number }, asked: Asked, { clickhouse }: AnswerDeps) {
  return clickhouse.query<SourceMinute>(sourceMinutesSql, askedParameters({ ...asked, fromMs: fromMs - BEFORE_MS, toMs }))
}

/** The answer with what its senders left out. A pure function. */
export function withSilences(
  answer: Answer,
  minutes: readonly SourceMinute[],
  looked: { readonly fromMs: number; readonly toMs: number; readonly periodMs: number },
): Answer {
  const silences = findSilences(minutes, looked)
  if (silences.length === 0) return answer
  const within = minutes.filter(row => row.at_ms >= looked.fromMs && row.at_ms < looked.toMs)
  const seen = within.reduce((sum, row) => sum + row.attempts, 0)
  const missed = silences.reduce((sum, one) => sum + (one.usual * (one.toMs - Math.max(one.fromMs, looked.fromMs))) / MINUTE, 0)
  const part = Math.min(1, (looked.toMs - looked.fromMs) / looked.periodMs)
  const share = 1 - (part * missed) / (seen + missed)
  const most = MOST_SURE.find(({ from }) => share >= from)?.confidence ?? 'cannot tell'
  const atMost = <T extends { confidence: Confidence }>(one: T): T => ({ ...one, confidence: lesser(one.confidence, most) })
  const said = silences.map(sentenceOf)
  return {
    ...atMost(answer),
    findings: answer.findings.map(atMost),
    sentence: most === 'high' ? answer.sentence : `${answer.sentence} Not all was seen: ${said[0]}.`,
    coverage: Math.min(answer.coverage ?? 1, share),
    missing: [...answer.missing, ...said],
  }
}

const lesser = (a: Confidence, b: Confidence) => (ORDER.indexOf(a) < ORDER.indexOf(b) ? a : b)

function sentenceOf({ source, fromMs, toMs, usual }: Silence): string {
  const rate = usual >= 10 ? Math.round(usual) : Math.round(usual * 10) / 10
  return `no line of ${source || 'a sender without a name'} from ${isoTime(fromMs)} to ${isoTime(toMs)}, where ${rate} a minute are usual`
}
