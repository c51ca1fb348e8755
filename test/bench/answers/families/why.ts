/**
 * One thing goes wrong: a neighbour fills a shared pool, a provider slows down, a provider fails and is tried again, or traffic shifts to a
 * slower model. The truth is what was done to the simulation.
 */
import { explainWhy } from '../../../../services/answers/why/explain-why.ts'
import { readWhyInputs } from '../../../../services/answers/why/why-question.ts'
import type { IncidentEffect } from '../../../../services/demo/simulation/incident.ts'
import type { PlatformConfig } from '../../../../services/demo/simulation/platform-model.ts'
import { MINUTE } from '../../../../services/platform/clock.ts'
import type { Family, Play, Played, Score } from '../family.ts'
import { drawsOf, policyOf, poolOf, smallPlatform, tenantOf } from './small-platform.ts'

const START_MS = Date.UTC(2026, 8, 1, 8)
const BEFORE = 15
const DURING = 5

/** What is done, and the parts that may be named for it. */
const CASES = [
  { name: 'neighbour', tenants: ['acme'], causes: ['queue'] },
  { name: 'slow provider', tenants: ['guests'], causes: ['prefill', 'decode', 'answer'] },
  { name: 'retries', tenants: ['guests'], causes: ['retry'] },
  { name: 'mix', tenants: ['guests', 'thinkers'], causes: ['mix'] },
] as const

const caseOf = (seed: number) => CASES[seed % CASES.length] as (typeof CASES)[number]

function build(seed: number): Play {
  const draw = drawsOf(seed)
  const { name } = caseOf(seed)
  const base = smallPlatform({
    pool: poolOf('llama', 2, { kv_capacity_tokens: 40_000 }),
    assistant: policyOf('interactive', { max_attempts_per_priority: 3, backoff_ms: 500 + 1_500 * draw() }),
    chat: policyOf('patient', { per_try_timeout_ms: 300_000 }),
    tenants: [
      tenantOf('acme', 'chat', 1.5 + draw()),
      tenantOf('noisy', 'chat', 0.8),
      tenantOf('guests', 'assistant', 2 + 2 * draw()),
      tenantOf('thinkers', 'deep', 0.5 + 0.3 * draw()),
    ],
  })
  const model = { priority: 0, upstream_kind: 'provider', upstream: 'openai', model: 'o4-mini' } as const
  const deep = {
    name: 'deep',
    gateway: 'weir',
    request_model: 'o4-mini',
    policy: policyOf('once', { per_try_timeout_ms: 120_000 }),
    backends: [model],
  }
  const platform: PlatformConfig = { ...base, routes: [...base.routes, deep] }
  const time = { from_ms: 0, to_ms: DURING * MINUTE }
  const effects: Record<typeof name, IncidentEffect> = {
    neighbour: { kind: 'tenant-surge', ...time, tenant_id: 'noisy', factor: 8 + 4 * draw() },
    'slow provider': { kind: 'provider-slow', ...time, provider: 'openai', factor: 1.6 + draw() },
    retries: { kind: 'provider-fails', ...time, provider: 'openai', share: 0.3 + 0.2 * draw(), timeout_share: 0, statuses: [503] },
    mix: { kind: 'tenant-surge', ...time, tenant_id: 'thinkers', factor: 6 + 4 * draw() },
  }
  const script = { name, phases: [], effects: [effects[name]] }
  const incidents = [{ start_ms: START_MS + BEFORE * MINUTE, script }]
  return { simulation: { seed, startMs: START_MS, platform, incidents }, minutes: BEFORE + DURING }
}

async function score(played: Played): Promise<readonly Score[]> {
  const { name, tenants, causes } = caseOf(played.seed)
  const fromMs = START_MS + BEFORE * MINUTE
  const scope = { isAll: false, tenants, seesVolumes: true }
  const asked = { fromMs, toMs: fromMs + DURING * MINUTE, nowMs: played.toMs, scope, parameters: {} }
  const inputs = await readWhyInputs(asked, played)
  const found = explainWhy(inputs).findings.find(one => one.priority === 'all' && one.quantile === 0.95)
  const parts = found === undefined ? [] : Object.values(found.parts)
  const sum = parts.reduce((total, part) => total + part, 0)
  const isExact = found !== undefined && Math.abs(sum - found.change_ms) < 1e-6 * Math.max(1, Math.abs(found.change_ms))
  return [
    { score: `cause named first: ${name}`, by: 'weir', isRight: causes.some(cause => cause === found?.cause) },
    { score: 'parts add up to the change', by: 'weir', isRight: isExact },
    ...(name === 'neighbour' ? [{ score: 'neighbour named first', by: 'weir', isRight: found?.neighbours[0]?.tenant_id === 'noisy' }] : []),
  ]
}

/** One cause at a time. */
export const whyCauses: Family = { name: 'why-causes', question: 'why', build, score }
