import Type, { type Static } from 'typebox'
import { isoTime } from '../settled-until.ts'
import { AUDIT_QUESTIONS, type Check, Finding, LAYERS } from './check.ts'
import { checks } from './checks.ts'
import type { AuditFacts } from './facts.ts'

const text = (description: string) => Type.String({ description })

/** A check with what it found. */
const Checked = Type.Object({ id: text('name of the check'), does: text('what a platform does that passes'), ...Finding.properties })
/** A question with its answer, from the checks that decide it. */
const Asked = Type.Object({
  id: text('name of the question'),
  asks: text('the question'),
  answer: Type.Union([Type.Literal('yes'), Type.Literal('no'), Type.Literal('cannot tell')], { description: 'the answer' }),
  is_good: Type.Union([Type.Boolean(), Type.Null()], { description: 'whether that is the answer one would like; null: cannot tell' }),
  evidence: Type.Array(Type.String(), { description: 'what decided it' }),
  next_steps: Type.Array(Type.String(), { description: 'what to do next, the first first' }),
})

/** The audit: six questions, and the layers of the platform with their checks. */
export const Audit = Type.Object({
  from: Type.String({ format: 'date-time', description: 'start of what was looked at' }),
  to: Type.String({ format: 'date-time', description: 'its end' }),
  settled_until: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description: 'figures are settled up to here' }),
  sentence: text('the audit in one sentence'),
  questions: Type.Array(Asked),
  layers: Type.Array(Type.Object({ layer: text('layer'), checks: Type.Array(Checked) }), {
    description: 'in the order in which a call meets them',
  }),
  declared: Type.Array(
    Type.Object({ what: text('kind and name'), finding: text('what traffic shows of it'), next_step: text('what to do next') }),
    {
      description: 'what the given manifests declare held against traffic; empty: none were given, or they agree',
    },
  ),
})
export type Audit = Static<typeof Audit>

/** Facts → the audit. A pure function; `declared` is what manifests came to (hold-against-traffic.ts). */
export function buildAudit(facts: AuditFacts, { fromMs, toMs }: { fromMs: number; toMs: number }, declared: Audit['declared'] = []): Audit {
  const found = checks.flatMap(check => {
    const finding = check.judge(facts)
    return finding === undefined ? [] : [{ check, finding }]
  })
  const questions = AUDIT_QUESTIONS.map(question =>
    answerOf(
      question,
      found.filter(({ check }) => check.decides.includes(question.id)),
    ),
  )
  return {
    from: isoTime(fromMs),
    to: isoTime(toMs),
    settled_until: isoTime(facts.settled.untilMs),
    sentence: sentenceOf(questions, facts),
    questions,
    layers: LAYERS.map(layer => ({
      layer,
      checks: found
        .filter(({ check }) => check.layer === layer)
        .map(({ check, finding }) => ({ id: check.id, does: check.does, ...finding })),
    })),
    declared,
  }
}

type Found = { check: Check; finding: Finding }

/** One check that fails decides against; without one, a check that passes decides for; what cannot be told decides nothing. */
function answerOf(question: (typeof AUDIT_QUESTIONS)[number], found: readonly Found[]): Audit['questions'][number] {
  const failed = found.filter(({ finding }) => finding.word === 'no')
  const passed = found.filter(({ finding }) => finding.word === 'yes')
  const untold = found.filter(({ finding }) => finding.word === 'cannot tell')
  const is_good = failed.length > 0 ? false : passed.length > 0 ? true : null
  const answer = is_good === null ? 'cannot tell' : is_good ? question.good : question.good === 'yes' ? 'no' : 'yes'
  const deciding = failed.length > 0 ? failed : passed.length > 0 ? passed : untold
  return {
    id: question.id,
    asks: question.asks,
    answer,
    is_good,
    evidence: deciding.map(({ check, finding }) => `${check.does} ${sentence(finding.word)}: ${finding.evidence}.`),
    next_steps: [...failed, ...untold].map(({ finding }) => finding.next_step).filter(Boolean),
  }
}

const sentence = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

function sentenceOf(questions: Audit['questions'], { settled }: AuditFacts): string {
  if (settled.untilMs === null) return 'Nothing is settled in this period: there is nothing to judge by.'
  const good = questions.filter(({ is_good }) => is_good === true).length
  const untold = questions.filter(({ is_good }) => is_good === null).length
  const bad = questions.length - good - untold
  const rest = untold > 0 ? ` and ${untold} cannot be told from what is there` : ''
  return `Of six questions ${good} have the answer one would like, ${bad} have not${rest}.`
}
