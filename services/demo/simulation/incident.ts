/**
 * Scripted incidents as data. All times are milliseconds from the start of the incident.
 */
import { MINUTE, SECOND } from '../../platform/clock.ts'

/** Something that the incident does to the platform. */
export type IncidentEffect =
  | {
      kind: 'provider-fails'
      from_ms: number
      to_ms: number
      provider: string
      /** Share of calls that fail, and of those the share that hang until the gateway gives up. */
      share: number
      timeout_share: number
      statuses: readonly number[]
    }
  | { kind: 'provider-slow'; from_ms: number; to_ms: number; provider: string; factor: number }
  | { kind: 'tenant-surge'; from_ms: number; to_ms: number; tenant_id: string; factor: number }
  | { kind: 'engine-restart'; from_ms: number; to_ms: number; pool: string; engine: number }
  /** An engine works at `speed` times its own speed until it is told otherwise: cold caches, heat, a neighbour on the same GPU. */
  | { kind: 'engine-speed'; from_ms: number; to_ms: number; pool: string; engine: number; speed: number }

/** A part of the incident, for people: a short name and a sentence that says what to look at. */
export interface IncidentPhase {
  at_ms: number
  name: string
  sentence: string
}

/** An incident. */
export interface IncidentScript {
  name: string
  phases: readonly IncidentPhase[]
  effects: readonly IncidentEffect[]
}

/** An incident with its start, ms since 1970 UTC. */
export interface PlannedIncident {
  start_ms: number
  script: IncidentScript
}

/** A phase that began. */
export interface PhaseStarted extends IncidentPhase {
  started_at: number
  incident: string
}

/**
 * OpenAI fails for two and three quarter minutes; its traffic falls back to the pool llama-70b-h100, which is too small for it. Made for
 * `defaultPlatform`.
 */
export const providerOutage: IncidentScript = {
  name: 'provider-outage',
  phases: [
    { at_ms: 0, name: 'provider fails', sentence: 'OpenAI answers 503 or not at all; retries against it begin.' },
    { at_ms: 10 * SECOND, name: 'fallback', sentence: 'Requests for gpt-4o-mini and gpt-4o fall back to the pool llama-70b-h100.' },
    {
      at_ms: MINUTE,
      name: 'pool saturates',
      sentence: 'The pool’s KV cache is full: requests queue, running ones are preempted, its own tenants wait.',
    },
    {
      at_ms: 105 * SECOND,
      name: 'retry storm',
      sentence: 'Attempts time out in the queue and are sent again: load on the pool grows while fewer answers come out.',
    },
    { at_ms: 165 * SECOND, name: 'provider recovers', sentence: 'OpenAI answers again; the fallback stops, the pool works off its queue.' },
    { at_ms: 270 * SECOND, name: 'recovered', sentence: 'Queues are empty, attempts per request are back where they were.' },
  ],
  effects: [
    {
      kind: 'provider-fails',
      from_ms: 0,
      to_ms: 165 * SECOND,
      provider: 'openai',
      share: 0.97,
      timeout_share: 0.15,
      statuses: [503, 503, 500],
    },
    { kind: 'provider-slow', from_ms: 165 * SECOND, to_ms: 195 * SECOND, provider: 'openai', factor: 1.6 },
    { kind: 'tenant-surge', from_ms: 30 * SECOND, to_ms: 165 * SECOND, tenant_id: 'globex', factor: 1.6 },
  ],
}

/** One engine of the pool llama-70b-h100 dies and is back 40 seconds later, with empty caches and counters at zero. */
export const engineRestart: IncidentScript = {
  name: 'engine-restart',
  phases: [
    { at_ms: 0, name: 'engine lost', sentence: 'One engine of llama-70b-h100 dies; what it was serving is sent again to the others.' },
    { at_ms: 40 * SECOND, name: 'engine back', sentence: 'The engine is up again; its counters start at zero.' },
  ],
  effects: [{ kind: 'engine-restart', from_ms: 0, to_ms: 40 * SECOND, pool: 'llama-70b-h100', engine: 0 }],
}
