/**
 * Retry storms, told within a minute of their start, and bursts that are none. Of a storm only what had ended by then is seen: what
 * gateways have not written yet, nobody can know.
 */
import { explainVerdict } from '../../../../services/answers/verdict/explain-verdict.ts'
import type { Storm } from '../../../../services/answers/verdict/storms.ts'
import { readVerdictInputs } from '../../../../services/answers/verdict/verdict-question.ts'
import type { IncidentEffect } from '../../../../services/demo/simulation/incident.ts'
import type { SimulationConfig } from '../../../../services/demo/simulation/run.ts'
import { MINUTE, SECOND } from '../../../../services/platform/clock.ts'
import type { Family, Play, Played, Score } from '../family.ts'
import { simulate } from '../play.ts'
import { drawsOf, policyOf, poolOf, smallPlatform, tenantOf } from './small-platform.ts'
import { trueStorm } from './storm-truth.ts'

const START_MS = Date.UTC(2026, 8, 1, 8)
/** Time in which nothing happens: what is usual. */
const QUIET_MINUTES = 12
const MINUTES = 15
/** What ended is in a settled minute so long after. */
const SETTLED_AFTER_MS = 4 * SECOND
const WITHIN_MS = MINUTE

/** What storms, and who makes it. */
const STORMS = ['provider, gateway', 'pool, gateway', 'provider, clients', 'pool, clients'] as const
const BURSTS = ['more requests', 'more than the pool can do', 'prompts that come again', 'retries that save'] as const

/** A scenario: what is played, the route to look at, and what it is. */
interface Scenario {
  readonly simulation: SimulationConfig
  readonly route: 'assistant' | 'chat'
  readonly kind: string
}

interface Shape {
  readonly platform: Parameters<typeof smallPlatform>[0]
  readonly effects: readonly IncidentEffect[]
  readonly route: Scenario['route']
}

/** The incident begins at any second of a minute. */
const scenarioOf = (seed: number, kind: string, offsetMs: number, { platform, effects, route }: Shape): Scenario => ({
  kind,
  route,
  simulation: {
    seed,
    startMs: START_MS,
    platform: smallPlatform(platform),
    incidents: [{ start_ms: START_MS + QUIET_MINUTES * MINUTE + offsetMs, script: { name: kind, phases: [], effects } }],
  },
})

function stormOf(seed: number): Scenario {
  const draw = drawsOf(seed)
  const kind = STORMS[seed % STORMS.length] as (typeof STORMS)[number]
  const isOfProvider = kind.startsWith('provider')
  const resends = kind.endsWith('clients') ? { resends: { most: 2 + Math.floor(3 * draw()), after_ms: 1_000 + 2_000 * draw() } } : {}
  const tries = kind.endsWith('gateway') ? 3 + Math.floor(2 * draw()) : 1
  const policy = policyOf('eager', { max_attempts_per_priority: tries, per_try_timeout_ms: (4 + 4 * draw()) * SECOND })
  const time = { from_ms: 0, to_ms: (MINUTES - QUIET_MINUTES) * MINUTE }
  const effects: IncidentEffect[] = isOfProvider
    ? [
        {
          kind: 'provider-fails',
          ...time,
          provider: 'openai',
          share: 0.7 + 0.3 * draw(),
          timeout_share: 0.2 * draw(),
          statuses: [503, 500],
        },
      ]
    : [0, 1].map(engine => ({ kind: 'engine-speed', ...time, pool: 'llama', engine, speed: 0.02 + 0.06 * draw() }))
  const calm = policyOf('once')
  return scenarioOf(seed, kind, Math.floor(MINUTE * draw()), {
    platform: {
      pool: poolOf('llama', 2),
      assistant: isOfProvider ? policy : calm,
      chat: isOfProvider ? calm : policy,
      tenants: [tenantOf('guests', 'assistant', 3 + 5 * draw(), resends), tenantOf('natives', 'chat', 2 + 3 * draw(), resends)],
    },
    effects,
    route: isOfProvider ? 'assistant' : 'chat',
  })
}

function burstOf(seed: number): Scenario {
  const draw = drawsOf(seed + 5_003)
  const kind = BURSTS[seed % BURSTS.length] as (typeof BURSTS)[number]
  const time = { from_ms: 0, to_ms: (1 + draw()) * MINUTE }
  const surge = (tenant_id: string, factor: number): IncidentEffect => ({ kind: 'tenant-surge', ...time, tenant_id, factor })
  const fails = (share: number): IncidentEffect => ({
    ...{ kind: 'provider-fails', ...time, provider: 'openai', share, timeout_share: 0, statuses: [503, 500] },
  })
  const effects: Record<typeof kind, IncidentEffect[]> = {
    'more requests': [surge('guests', 3 + 5 * draw())],
    'more than the pool can do': [surge('natives', 8 + 8 * draw())],
    'prompts that come again': [surge('guests', 3 + 3 * draw()), fails(0.15 + 0.15 * draw())],
    'retries that save': [fails(0.25 + 0.15 * draw())],
  }
  const tries = kind === 'prompts that come again' ? 1 : 4
  return scenarioOf(seed, kind, Math.floor(MINUTE * draw()), {
    platform: {
      pool: poolOf('llama', 1),
      assistant: policyOf('patient', { max_attempts_per_priority: tries, per_try_timeout_ms: 20 * SECOND }),
      chat: policyOf('once', { per_try_timeout_ms: 8 * SECOND }),
      tenants: [
        tenantOf('guests', 'assistant', 3 + 4 * draw(), kind === 'prompts that come again' ? { repeated_prompts: 20, users: 2 } : {}),
        tenantOf('natives', 'chat', 1.5 + draw()),
      ],
    },
    effects: effects[kind],
    route: kind === 'more than the pool can do' ? 'chat' : 'assistant',
  })
}

/** When the question is asked: a minute after the storm's onset; of a burst, some time in it. */
function askedAt({ simulation, route }: Scenario, seed: number): { storm: ReturnType<typeof trueStorm>; atMs: number } {
  const storm = trueStorm(simulate(simulation, MINUTES).requests, route, START_MS)
  const [incident] = simulation.incidents ?? []
  const inBurst = (incident?.start_ms ?? 0) + (20 + 100 * drawsOf(seed + 11)()) * SECOND
  return { storm, atMs: storm === undefined ? Math.floor(inBurst) : storm.onsetMs + WITHIN_MS }
}

function playOf(scenario: Scenario, seed: number): Play {
  const { atMs } = askedAt(scenario, seed)
  return {
    simulation: scenario.simulation,
    minutes: MINUTES,
    isSeen: what => what.atMs <= atMs - SETTLED_AFTER_MS,
  }
}

async function stormsSeen(played: Played, atMs: number): Promise<readonly Storm[]> {
  const scope = { isAll: true, tenants: [], seesVolumes: true }
  const asked = { fromMs: atMs - 5 * MINUTE, toMs: atMs, nowMs: atMs, scope, parameters: {} }
  const { findings } = explainVerdict(await readVerdictInputs(asked, played), asked)
  return [...new Map(findings.flatMap(({ storm }) => (storm === null ? [] : [[storm.route, storm]]))).values()]
}

/** The last whole minute's share that failed, as an alert of today would read it. */
function lastMinute({ truth }: Played, route: string, atMs: number) {
  const ended = truth.requests.filter(one => one.route === route && one.ended_at > atMs - MINUTE && one.ended_at <= atMs)
  const attempts = ended.reduce((sum, one) => sum + Math.max(1, one.attempts.length), 0)
  const failed = ended.filter(one => one.outcome !== 'ok').length
  return { amplification: attempts / Math.max(1, ended.length), failed: failed / Math.max(1, ended.length) }
}

async function scoreStorm(played: Played): Promise<readonly Score[]> {
  const scenario = stormOf(played.seed)
  const { storm, atMs } = askedAt(scenario, played.seed)
  if (storm === undefined) return [{ score: 'storm within 60 s of its start', by: 'weir' }]
  const found = (await stormsSeen(played, atMs)).find(one => one.route === scenario.route)
  const today = lastMinute(played, scenario.route, atMs)
  const isNamed = found?.origin === 'gateway' ? found.policy === 'eager' : found?.resender?.tenant_id !== undefined
  return [
    { score: 'storm within 60 s of its start', by: 'weir', isRight: found !== undefined },
    { score: 'storm within 60 s of its start', by: 'amplification > 1.5', isRight: today.amplification > 1.5 },
    { score: 'storm within 60 s of its start', by: '> 20 % failed', isRight: today.failed > 0.2 },
    { score: 'gateway or clients', by: 'weir', ...(found && { isRight: found.origin === storm.origin }) },
    { score: 'policy or sender named', by: 'weir', ...(found && { isRight: isNamed }) },
    { score: 'start, seconds off', by: 'weir', ...(found && { value: (found.from_ms - storm.onsetMs) / SECOND }) },
  ]
}

async function scoreBurst(played: Played): Promise<readonly Score[]> {
  const scenario = burstOf(played.seed)
  const { storm, atMs } = askedAt(scenario, played.seed)
  if (storm !== undefined) return [{ score: 'no storm on an honest burst', by: 'weir' }]
  const found = await stormsSeen(played, atMs)
  const today = lastMinute(played, scenario.route, atMs)
  return [
    { score: 'no storm on an honest burst', by: 'weir', isRight: found.length === 0 },
    { score: 'no storm on an honest burst', by: 'amplification > 1.5', isRight: today.amplification <= 1.5 },
    { score: 'no storm on an honest burst', by: '> 20 % failed', isRight: today.failed <= 0.2 },
  ]
}

/** Retry storms of gateways and of clients. */
export const verdictStorm: Family = {
  name: 'verdict-storm',
  question: 'verdict',
  build: seed => playOf(stormOf(seed), seed),
  score: scoreStorm,
}

/** Bursts of requests, failures without retries, prompts that come again, retries that save what failed. */
export const verdictBurst: Family = {
  name: 'verdict-burst',
  question: 'verdict',
  build: seed => playOf(burstOf(seed), seed),
  score: scoreBurst,
}
