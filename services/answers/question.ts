/** What a question is declared with. API and commands are made of it; alerts and the audit call `ask`. */
import type { Static, TObject } from 'typebox'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import type { Answer, Finding } from './answer.ts'
import type { EgressPolicy } from './egress/egress-policy.ts'

/**
 * Whose figures may be counted. `isAll`: everyone's; else those of `tenants`. `seesVolumes`: names and figures of other tenants may be
 * told (operators only).
 */
export interface AskedScope {
  readonly isAll: boolean
  readonly tenants: readonly string[]
  readonly seesVolumes: boolean
}

/** A question as it was asked. Times are ms since 1970 UTC, from inclusive, to exclusive. */
export interface Asked<P = unknown> {
  readonly fromMs: number
  readonly toMs: number
  readonly nowMs: number
  readonly scope: AskedScope
  readonly parameters: P
}

/** What a question is answered with; queries through it are bounded. */
export interface AnswerDeps {
  readonly clickhouse: Pick<ClickHouse, 'query'>
  /** Which providers tenants may send to; undefined: all. */
  readonly egressPolicy?: EgressPolicy | undefined
}

/** A declared question with its types erased, as lists hold it. */
export interface Question {
  /** Name: in the path of the API and of the command. */
  readonly name: string
  /** The question as a person asks it. */
  readonly summary: string
  /** What the answer says and what it does not. */
  readonly description: string
  /** How it is answered, in plain words, with the sources of formulas and thresholds: its part of docs/answers.md. Markdown. */
  readonly method: string
  /** Length of the period that is looked at unless told, ms. */
  readonly defaultPeriodMs: number
  /** Its own parameters beside from, to and tenant_id: optional strings, numbers and literals. */
  readonly parameters: TObject
  /** A finding: findingHead and its figures. */
  readonly finding: TObject
  /** Whether only operators may ask. */
  readonly isForOperators?: boolean
  ask(asked: Asked, deps: AnswerDeps): Promise<Answer>
}

/** A question as it is written, with its types. */
export interface TypedQuestion<P extends TObject, F extends Finding> extends Omit<Question, 'parameters' | 'ask'> {
  readonly parameters: P
  ask(asked: Asked<Static<P>>, deps: AnswerDeps): Promise<Answer<F>>
}

/** Declares a question: `ask` is given parameters that fit its schema. */
export function question<P extends TObject, F extends Finding>(typed: TypedQuestion<P, F>): Question {
  return { ...typed, ask: (asked, deps) => typed.ask(asked as Asked<Static<P>>, deps) }
}
