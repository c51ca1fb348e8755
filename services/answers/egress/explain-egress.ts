import type { Answer, Confidence } from '../answer.ts'
import { isoTime, type SettledUntil } from '../settled-until.ts'
import { wilson } from '../statistics/wilson.ts'
import { type Breach, breachesOf, type TrafficRow } from './breaches.ts'
import { EGRESS_STATES, type EgressFinding } from './egress-finding.ts'
import type { EgressPolicy } from './egress-policy.ts'
import { answerSentence, findingSentence } from './egress-words.ts'
import { type Judgement, judgeProvider, LEAST_ATTEMPTS, TIMES_USUAL } from './judge-provider.ts'
import {
  type FallbackRow,
  failuresOf,
  type Group,
  groupsOf,
  type HeadroomRow,
  type ProviderMinute,
  total,
  type UnreachedRow,
} from './provider-minutes.ts'

/** What the state of providers is judged by: minutes of the period and of the time before it, and the rest of the period alone. */
export interface EgressInputs {
  readonly rows: readonly ProviderMinute[]
  readonly fallbacks: readonly FallbackRow[]
  readonly unreached: readonly UnreachedRow[]
  readonly headroom: readonly HeadroomRow[]
  readonly traffic: readonly TrafficRow[]
  /** What is allowed; undefined: everything. */
  readonly policy: EgressPolicy | undefined
  readonly settled: SettledUntil
}

/** From this share of a limit on it is told unasked. */
const LITTLE_HEADROOM = 0.05

/** → The state of each provider, what is wrong first. A pure function. */
export function explainEgress(inputs: EgressInputs, { fromMs, toMs }: { fromMs: number; toMs: number }): Answer<EgressFinding> {
  const { rows, settled, policy } = inputs
  const groups = groupsOf(rows, fromMs)
  const judged = groups.map(group => ({ group, judgement: judgeProvider(group) }))
  const ill = judged.filter(one => one.judgement.ill !== null).map(one => one.group)
  const states = judged.map(({ group, judgement }) => stateFinding(group, judgement, { ill, groups, inputs }))
  states.sort((a, b) => EGRESS_STATES.indexOf(a.state) - EGRESS_STATES.indexOf(b.state) || b.failed - a.failed || b.attempts - a.attempts)
  const findings = [...(policy === undefined ? [] : breachesOf(inputs.traffic, policy).map(breachFinding)), ...states]
  const isEmpty = settled.untilMs === null || findings.length === 0
  return {
    question: 'egress',
    from: isoTime(fromMs),
    to: isoTime(toMs),
    settled_until: isoTime(settled.untilMs),
    sentence: isEmpty ? 'No attempt at a provider is settled in this period.' : answerSentence(findings),
    confidence: isEmpty ? 'cannot tell' : (findings[0]?.confidence ?? 'high'),
    findings,
    sample: {
      requests: total(
        rows.filter(row => row.at_ms >= fromMs),
        row => row.attempts,
      ),
      minutes: settled.windows,
    },
    coverage: null,
    missing: isEmpty ? ['attempts at providers'] : [],
    is_calm: !findings.some(isTold),
    would_change: null,
    method: 'egress',
  }
}

const isTold = ({ state, headroom }: EgressFinding) =>
  (state !== 'healthy' && state !== 'too little traffic') || headroom.some(one => one.limit > 0 && one.least < LITTLE_HEADROOM * one.limit)

interface Others {
  readonly ill: readonly Group[]
  readonly groups: readonly Group[]
  readonly inputs: EgressInputs
}

function stateFinding(group: Group, judgement: Judgement, { ill, groups, inputs }: Others): EgressFinding {
  const { provider, region, model, now } = group
  const { state, usual, interval, sinceMs, untilMs, ttft, drift } = judgement
  const attempts = total(now, row => row.attempts)
  const failed = total(now, failuresOf)
  const isOwn = (row: { provider: string; region: string }) => row.provider === provider && row.region === region
  const finding = {
    provider,
    region,
    model,
    state,
    fault: faultOf(group, judgement, { ill, groups }),
    attempts,
    failed,
    failed_share: attempts === 0 ? 0 : failed / attempts,
    interval,
    usual_share: usual,
    timeouts: total(now, row => row.timeouts),
    unreached: total(now, row => row.unreached),
    unreached_by: inputs.unreached.filter(isOwn).map(row => ({ kind: row.kind, attempts: row.attempts })),
    rate_limited: total(now, row => row.rate_limited),
    errors: total(now, row => row.errors),
    since: isoTime(sinceMs),
    until: isoTime(untilMs),
    ttft_p50_ms: ttft.now,
    usual_ttft_p50_ms: ttft.usual,
    ttft_drift: drift,
    headroom: inputs.headroom.filter(isOwn).map(({ kind, least, latest, limit }) => ({ kind, least, latest, limit })),
    fallbacks: inputs.fallbacks.filter(one => one.provider === provider).map(one => ({ upstream: one.next, requests: one.requests })),
    breach: null,
  }
  return { ...finding, confidence: confidenceOf(finding), sentence: findingSentence(finding) }
}

/** Exact: what lines say of where they went. Where they tell no region, nobody can say whether it was an allowed one. */
function breachFinding({ provider, region, attempts, breach }: TrafficRow & { readonly breach: Breach }): EgressFinding {
  const finding = {
    ...{ provider, region, model: '', state: 'not allowed' as const, fault: 'unknown' as const, attempts },
    ...{ failed: 0, failed_share: 0, interval: wilson(0, attempts), usual_share: 0, timeouts: 0, unreached: 0, unreached_by: [] },
    ...{ rate_limited: 0, errors: 0, since: breach.first, until: breach.last, ttft_p50_ms: null, usual_ttft_p50_ms: null },
    ...{ ttft_drift: null, headroom: [], fallbacks: [], breach },
  }
  const confidence: Confidence = breach.reason === 'region not told' ? 'cannot tell' : 'high'
  return { ...finding, confidence, sentence: findingSentence(finding) }
}

/** Compares with the others in the same minutes: all providers alike is us; a provider's other models well is the model. */
function faultOf(group: Group, { ill: how }: Judgement, { ill, groups }: Pick<Others, 'ill' | 'groups'>): EgressFinding['fault'] {
  if (how === 'limited') return 'our limit'
  if (how !== 'failing') return 'unknown'
  const providers = new Set(groups.map(one => one.provider))
  const illOnes = new Set(ill.map(one => one.provider))
  const unreached = total(group.now, row => row.unreached)
  if (providers.size > 1 && illOnes.size === providers.size && unreached > total(group.now, failuresOf) / 2) return 'our egress'
  const siblings = groups.filter(
    one => one.provider === group.provider && one.model !== group.model && total(one.now, row => row.attempts) >= LEAST_ATTEMPTS,
  )
  const areWell = siblings.length > 0 && siblings.every(one => !ill.includes(one))
  return areWell ? 'the model' : 'the provider'
}

function confidenceOf({
  state,
  attempts,
  interval,
  usual_share,
}: Pick<EgressFinding, 'state' | 'attempts' | 'interval' | 'usual_share'>): Confidence {
  if (state === 'too little traffic') return 'cannot tell'
  if (state === 'failing') return interval.low > TIMES_USUAL * usual_share ? 'high' : 'medium'
  return attempts >= 10 * LEAST_ATTEMPTS ? 'high' : 'medium'
}
