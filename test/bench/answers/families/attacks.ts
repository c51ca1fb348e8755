/**
 * An hour of ordinary traffic with attacks among it, through the worker and settle: keys are guessed, a revoked key is used, models are
 * tried out. Beside them what looks like it and is none: a client whose key is wrong, people who mistype theirs, a caller of two models,
 * an office whose keys may not use a model. The truth is what was put in.
 */
import { RESERVED_TENANTS } from '../../../../schemas/attempt.ts'
import { questions } from '../../../../services/answers/questions.ts'
import type { RequestTruth } from '../../../../services/demo/simulation/truth.ts'
import { MINUTE, SECOND } from '../../../../services/platform/clock.ts'
import type { Family, Play, Played, Score } from '../family.ts'
import { drawsOf, policyOf, poolOf, smallPlatform, tenantOf } from './small-platform.ts'

const START_MS = Date.UTC(2026, 8, 1, 8)
const MINUTES = 60
const EVERYONE = { isAll: true, tenants: [], seesVolumes: true }

/** Requests of one caller that the gateway refused: by which keys, from where, for which models, and how far apart. */
interface Refused {
  readonly kind: 'guessing' | 'barred key' | 'enumeration' | 'harmless'
  /** Key or network that an alarm of it names. */
  readonly subject: string
  readonly requests: readonly Partial<RequestTruth>[]
  readonly everyMs: number
}

const times = (length: number, of: (index: number) => Partial<RequestTruth>) => Array.from({ length }, (_, index) => of(index))
const unknown = {
  tenant_id: RESERVED_TENANTS.unauthenticated,
  claimed_tenant_id: '',
  auth_result: 'invalid',
  error_class: 'auth',
  status_code: 401,
} as const

/** What is put in: two or three attacks, and four that are none. */
function refusedIn(seed: number): Refused[] {
  const draw = drawsOf(seed + 31)
  const count = (least: number, most: number) => least + Math.floor((most - least + 1) * draw())
  // From a network of its own, or from one that the tenants of the platform share.
  const network = seed % 2 === 0 ? '203.0.115' : '198.51.100'
  const guessing: Refused = {
    ...{ kind: 'guessing', subject: `${network}.0/24`, everyMs: 2 * SECOND + 10 * SECOND * draw() },
    requests: times(count(15, 80), index => ({ ...unknown, api_key_id: `fake-guess-${index}`, client_ip: `${network}.7` })),
  }
  const barred: Refused = {
    ...{ kind: 'barred key', subject: 'fake-left-in-march', everyMs: MINUTE * (1 + 3 * draw()) },
    requests: times(count(1, 8), () => ({
      ...{ tenant_id: 'natives', claimed_tenant_id: 'natives', api_key_id: 'fake-left-in-march', client_ip: '192.0.2.40' },
      ...{ auth_result: 'revoked', error_class: 'auth', status_code: 401 },
    })),
  }
  const enumeration: Refused = {
    ...{ kind: 'enumeration', subject: 'fake-curious', everyMs: 5 * SECOND },
    requests: times(count(6, 20), index => ({
      ...{ tenant_id: 'guests', claimed_tenant_id: 'guests', api_key_id: 'fake-curious', client_ip: '192.0.2.41' },
      ...{ auth_result: 'denied', error_class: 'auth', status_code: 403, request_model: `model-${index}` },
    })),
  }
  const wrongKey: Refused = {
    ...{ kind: 'harmless', subject: '203.0.113.0/24', everyMs: 10 * SECOND },
    requests: times(count(20, 100), () => ({ ...unknown, api_key_id: 'fake-old', client_ip: '203.0.113.9' })),
  }
  const mistyped: Refused = {
    ...{ kind: 'harmless', subject: '203.0.114.0/24', everyMs: 4 * MINUTE },
    requests: times(count(3, 9), index => ({ ...unknown, api_key_id: `fake-typo-${index}`, client_ip: '203.0.114.3' })),
  }
  const curious: Refused = {
    ...{ kind: 'harmless', subject: 'fake-tester', everyMs: 20 * SECOND },
    requests: times(2, index => ({
      ...{ tenant_id: 'guests', claimed_tenant_id: 'guests', api_key_id: 'fake-tester', client_ip: '192.0.2.42' },
      ...{ auth_result: 'denied', error_class: 'auth', status_code: 403, request_model: `preview-${index}` },
    })),
  }
  const office: Refused = {
    ...{ kind: 'harmless', subject: '203.0.116.0/24', everyMs: 10 * SECOND },
    requests: times(count(24, 40), index => ({
      ...{ tenant_id: 'guests', claimed_tenant_id: 'guests', api_key_id: `fake-colleague-${index % 12}`, client_ip: '203.0.116.5' },
      ...{ auth_result: 'denied', error_class: 'auth', status_code: 403, request_model: 'not-for-guests' },
    })),
  }
  const attacks = [guessing, barred, enumeration].filter((_, index) => index !== seed % 4)
  return [...attacks, wrongKey, mistyped, curious, office]
}

function build(seed: number): Play {
  const draw = drawsOf(seed)
  const platform = smallPlatform({
    pool: poolOf('llama', 2, { running_limit: 256, kv_capacity_tokens: 56_000 }),
    assistant: policyOf('once'),
    chat: policyOf('once'),
    tenants: [tenantOf('guests', 'assistant', 0.5 + draw()), tenantOf('natives', 'chat', 0.5 + draw())],
  })
  return {
    simulation: { seed, startMs: START_MS, platform, incidents: [] },
    minutes: MINUTES,
    edit: truth => ({ ...truth, scrapes: [], requests: [...truth.requests, ...refusedRequests(truth.requests, seed)] }),
  }
}

/** They look like others of the hour but for what is told of them; each begins somewhere in its first half. */
function refusedRequests(requests: readonly RequestTruth[], seed: number): RequestTruth[] {
  const draw = drawsOf(seed + 97)
  const [like] = requests
  if (like === undefined) return []
  return refusedIn(seed).flatMap(({ requests: own, everyMs, subject }, group) => {
    const fromMs = START_MS + 30 * MINUTE * draw()
    return own.map((facts, index): RequestTruth => {
      const started_at = Math.round(fromMs + index * everyMs)
      const id = `${seed.toString(16)}-${group}-${subject}-${index}`
      return {
        ...like,
        ...{ request_id: id, trace_id: id, started_at, ended_at: started_at + 3, ttft_ms: null, outcome: 'rejected', attempts: [] },
        ...{ finish_reason: '', response_cache: '', cached_answer: null, response_bytes: 120 },
        ...facts,
      }
    })
  })
}

async function score(played: Played): Promise<readonly Score[]> {
  const question = questions.find(({ name }) => name === 'suspects')
  const { fromMs, toMs, seed } = played
  const answer = await question?.ask({ fromMs, toMs, nowMs: toMs, scope: EVERYONE, parameters: {} }, played)
  const findings = (answer?.findings ?? []) as unknown as { kind: string; api_key_id: string; client_ip_prefix: string }[]
  const alarms = findings.filter(({ kind }) => kind !== 'wrong key').map(one => one.api_key_id || one.client_ip_prefix)
  const put = refusedIn(seed)
  const attacks = put.filter(({ kind }) => kind !== 'harmless')
  // What people set up by hand: ten refusals from a network, or of a key.
  const limits = put.filter(({ requests }) => requests.length >= 10).map(({ subject }) => subject)
  return Object.entries({ weir: alarms, 'ten refusals': limits }).flatMap(([by, named]): Score[] => [
    ...attacks.map(({ subject }) => ({ score: 'attack found', by, isRight: named.includes(subject) })),
    ...attacks.flatMap(({ subject, kind }) =>
      by === 'weir' ? [{ score: `found: ${kind}`, by, isRight: findings.some(one => one.kind === kind && isOf(one, subject)) }] : [],
    ),
    ...named.map(subject => ({ score: 'alarm is an attack', by, isRight: attacks.some(attack => attack.subject === subject) })),
  ])
}

const isOf = (one: { api_key_id: string; client_ip_prefix: string }, subject: string) =>
  one.api_key_id === subject || one.client_ip_prefix === subject

/** Attacks by rule, from lines to the answer. */
export const attacks: Family = { name: 'attacks', question: 'suspects', build, score }
