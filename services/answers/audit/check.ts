/** What a check of the audit is declared with, and what it finds. */
import Type, { type Static } from 'typebox'
import type { AuditFacts } from './facts.ts'

/** Layers of the platform, in the order in which a call meets them (the reference architecture for AI workloads on Kubernetes). */
export const LAYERS = [
  'gateway entry',
  'inference-aware routing',
  'tenant and policy boundaries',
  'dedicated pools',
  'external provider egress',
  'observability and cost signals',
  'reliability controls',
] as const
export type Layer = (typeof LAYERS)[number]

/** The six questions; `good` is the answer that one would like. */
export const AUDIT_QUESTIONS = [
  { id: 'generic-routing', asks: 'Are we still routing inference traffic like generic web traffic?', good: 'no' },
  { id: 'evolves', asks: 'Do we have a gateway model that can evolve cleanly?', good: 'yes' },
  { id: 'separation', asks: 'Can we separate tenants and traffic priorities?', good: 'yes' },
  { id: 'latency', asks: 'Do we understand latency and queueing by model and route?', good: 'yes' },
  { id: 'egress-policy', asks: 'Is there a policy layer for external provider access?', good: 'yes' },
  { id: 'early-warning', asks: 'Can we see reliability degrading before the service is down?', good: 'yes' },
] as const
export type AuditQuestionId = (typeof AUDIT_QUESTIONS)[number]['id']

/** What a check found: whether the platform does it, the numbers, and what to do next ('' where there is nothing to do). */
export const Finding = Type.Object({
  word: Type.Union([Type.Literal('yes'), Type.Literal('no'), Type.Literal('cannot tell')], { description: 'whether the platform does it' }),
  evidence: Type.String({ description: 'the numbers that say so' }),
  next_step: Type.String({ description: 'what to do next; empty: nothing' }),
})
export type Finding = Static<typeof Finding>

/** A check. `decides`: the questions that it is evidence for. */
export interface Check {
  readonly id: string
  readonly layer: Layer
  readonly decides: readonly AuditQuestionId[]
  /** What a platform does that passes it. */
  readonly does: string
  /** Judges the facts; undefined: it does not apply (no pools, no providers). */
  judge(facts: AuditFacts): Finding | undefined
}

/** The finding of a share: yes from `least` on. `n` of which it is the share; 0: nothing to judge by, which is told with `missing`. */
export function judgeShare(
  share: { readonly part: number; readonly n: number; readonly least: number },
  texts: { readonly of: string; readonly next_step: string; readonly missing: string },
): Finding {
  const { part, n, least } = share
  if (n === 0) return { word: 'cannot tell', evidence: texts.missing, next_step: texts.next_step }
  const isEnough = part / n >= least
  return {
    word: isEnough ? 'yes' : 'no',
    evidence: `${percent(part / n)} of ${count(n)} ${texts.of}`,
    next_step: isEnough ? '' : texts.next_step,
  }
}

/** A share of 1 as text; what is not all is never told as 100 %. */
export function percent(share: number): string {
  const rounded = Math.round(share * 1000) / 10
  if (rounded === 100 && share < 1) return 'just under 100 %'
  return rounded === 0 && share > 0 ? 'under 0.1 %' : `${rounded} %`
}

/** A count with its thousands apart. */
export const count = (n: number): string => n.toLocaleString('en-US')
