import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { MINUTE } from '../../platform/clock.ts'
import type { AnswerDeps } from '../question.ts'

/** Phases of an incident: the incident, and as long before and after it. */
export const PHASES = ['before', 'during', 'after'] as const
export type Phase = (typeof PHASES)[number]

/** Attempts at an upstream in a phase. */
export interface UpstreamFact {
  readonly phase: Phase
  readonly upstream_kind: string
  readonly upstream: string
  readonly attempts: number
  readonly failed: number
  readonly failed_by_class: Readonly<Record<string, number>>
}

/** Requests of a tenant in a phase and a currency. Costs are exact decimal text. */
export interface TenantFact {
  readonly phase: Phase
  readonly tenant_id: string
  readonly requests: number
  readonly failed: number
  readonly attempts_reported: number
  readonly currency: string
  readonly list_cost: string
  readonly wasted_cost: string
  readonly wasted_tokens: number
  readonly p95_ms: number
  readonly timed_requests: number
}

/** A pool in a phase. Readings are null where nobody read them. */
export interface PoolFact {
  readonly phase: Phase
  readonly pool: string
  readonly minutes: number
  readonly saturation_max: number | null
  readonly waiting_max: number | null
  readonly kv_max: number | null
  readonly preemptions: number | null
  /** Start of its first saturated minute, ms; 0: none was. */
  readonly saturated_from_ms: number
}

/** All requests of a phase. */
export interface WholeFact {
  readonly phase: Phase
  readonly minutes: number
  readonly requests: number
  readonly failed: number
  readonly attempts_reported: number
  readonly recovered_by_retry: number
  readonly recovered_by_fallback: number
  readonly p95_ms: number | null
  readonly ttft_p95_ms: number | null
}

/** What a capsule is made of. */
export interface CapsuleFacts {
  readonly upstreams: readonly UpstreamFact[]
  readonly tenants: readonly TenantFact[]
  readonly pools: readonly PoolFact[]
  readonly whole: readonly WholeFact[]
}

const queries = {
  upstreams: readQuery(import.meta.url, 'upstreams'),
  tenants: readQuery(import.meta.url, 'tenants'),
  pools: readQuery(import.meta.url, 'pools'),
  whole: readQuery(import.meta.url, 'whole'),
} as const
/** An incident of minutes is held against at least so much of what was before. */
const LEAST_PHASE_MS = 10 * MINUTE

/** Start of the phase before and end of the phase after, ms. */
export function phasesOf({ fromMs, toMs }: { fromMs: number; toMs: number }): { beforeMs: number; afterMs: number } {
  const lengthMs = Math.max(LEAST_PHASE_MS, toMs - fromMs)
  return { beforeMs: fromMs - lengthMs, afterMs: toMs + lengthMs }
}

/** Reads the facts of an incident. Rejects with the codes of the client. */
export async function readCapsuleFacts(period: { fromMs: number; toMs: number }, { clickhouse }: AnswerDeps): Promise<CapsuleFacts> {
  const { beforeMs, afterMs } = phasesOf(period)
  const seconds = (ms: number) => Math.ceil(ms / 1000)
  const parameters = { before: seconds(beforeMs), from: seconds(period.fromMs), to: seconds(period.toMs), after: seconds(afterMs) }
  const lists = Object.entries(queries).map(async ([name, sql]) => [name, await clickhouse.query(sql, parameters)])
  return Object.fromEntries(await Promise.all(lists)) as CapsuleFacts
}
