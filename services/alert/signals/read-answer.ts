import type { Finding } from '../../answers/answer.ts'
import type { Question } from '../../answers/question.ts'
import { questions } from '../../answers/questions.ts'
import { durationMs } from '../config/durations.ts'
import type { Facts, Reading, Readings } from '../reading.ts'
import type { AnswerSource } from '../rules/rule.ts'
import { listed } from './listed.ts'
import type { SignalDeps } from './signal-deps.ts'

const EVERYONE = { isAll: true, tenants: [], seesVolumes: true }

/** The question of a source. Undefined: there is none of this name. */
export function questionOf({ answer }: Pick<AnswerSource, 'answer'>): Question | undefined {
  return questions.find(({ name }) => name === answer)
}

/**
 * The findings that a source chooses, as readings. One that its question cannot be sure of has no value, whatever `where` says: nobody
 * knows whether it still is what it was. Rejects with the codes of the client.
 */
export async function readAnswer(source: AnswerSource, at: { nowMs: number; settledUntilMs: number }, deps: SignalDeps): Promise<Readings> {
  const question = questionOf(source)
  if (question === undefined) throw new Error(`${source.answer} is no question`)
  const toMs = at.settledUntilMs
  const asked = { fromMs: toMs - durationMs(source.over), toMs, nowMs: at.nowMs, scope: EVERYONE }
  const key = JSON.stringify([source.answer, asked.fromMs, toMs, source.parameters ?? {}])
  const asking = deps.answers?.get(key) ?? question.ask({ ...asked, parameters: source.parameters ?? {} }, deps)
  deps.answers?.set(key, asking)
  const answer = await asking
  const readings = answer.findings
    .filter(finding => finding.confidence === 'cannot tell' || isChosen(finding, source))
    .map(finding => readingOf(finding, source, answer.sample.requests))
  return { settledUntilMs: toMs, isComplete: answer.confidence !== 'cannot tell', readings }
}

function fieldOf(finding: Finding, name: string): unknown {
  return Object.hasOwn(finding, name) ? (finding as unknown as Readonly<Record<string, unknown>>)[name] : undefined
}

function isChosen(finding: Finding, { where = {} }: AnswerSource): boolean {
  return Object.entries(where).every(([name, wanted]) => {
    const value = fieldOf(finding, name)
    return Array.isArray(wanted) ? wanted.includes(String(value)) : value === wanted
  })
}

function readingOf(finding: Finding, source: AnswerSource, requests: number): Reading {
  const sampled = source.sample ?? ['requests', 'attempts'].find(name => typeof fieldOf(finding, name) === 'number')
  const facts = factsOf(finding)
  const labels = source.by
    .map(name => [name, String(fieldOf(finding, name) ?? facts[name] ?? '')] as const)
    .filter(([, value]) => value !== '')
  return {
    labels: Object.fromEntries(labels),
    value: finding.confidence === 'cannot tell' ? null : numberOf(fieldOf(finding, source.value)),
    sample: sampled === undefined ? requests : (numberOf(fieldOf(finding, sampled)) ?? 0),
    sentence: finding.sentence,
    facts,
  }
}

/** Numbers, decimal text, and yes or no (1 or 0); anything else has no value. */
function numberOf(value: unknown): number | null {
  if (typeof value === 'boolean') return Number(value)
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

/** Fields of a finding as facts: what is nested is named `field_part`, lists read as their first names. */
function factsOf(finding: Finding): Facts {
  const facts: Record<string, string | number | null> = {}
  for (const [name, value] of Object.entries(finding)) {
    if (Array.isArray(value)) facts[name] = listed(value.map(wordsOf))
    else if (typeof value === 'object' && value !== null)
      for (const [part, inner] of Object.entries(value)) if (isPlain(inner)) facts[`${name}_${part}`] = inner
    if (isPlain(value)) facts[name] = value
    if (typeof value === 'boolean') facts[name] = value ? 'yes' : 'no'
  }
  return facts
}

function isPlain(value: unknown): value is string | number | null {
  return value === null || typeof value === 'string' || typeof value === 'number'
}

function wordsOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.values(value).find(part => typeof part === 'string' && part !== '') ?? ''
}
