import type { Answer } from '../answer.ts'
import type { Asked } from '../question.ts'
import { isoTime, type SettledUntil } from '../settled-until.ts'
import { type Collateral, collateralAt, partOf } from './collateral.ts'
import { judgeGroup, type Surroundings, type Verdict, type VerdictFinding } from './judge-group.ts'
import { type NativeMinute, type ResilienceMinute, total } from './minutes.ts'
import type { RepeatRow } from './resends.ts'
import { findStorms, type Storm } from './storms.ts'

/** What the verdict is judged by: minutes of the period and of the time before it. `native`: undefined for readers who see no others. */
export interface VerdictInputs {
  readonly rows: readonly ResilienceMinute[]
  readonly native: readonly NativeMinute[] | undefined
  /** Prompts that come again on routes that answer less than usual. */
  readonly repeats: readonly RepeatRow[]
  readonly settled: SettledUntil
}

/** Most findings told; the rest is in the sample. */
const MOST_FINDINGS = 200
/** Name of the rows that judge all that falls back to one target: its own requests suffer from all of it together. */
export const ALL_ROUTES = 'all routes'
/** Of a storm the page is sent, of what hurts the owner told: in this order. */
const ORDER: readonly Verdict[] = ['hurts', 'helps', 'neutral', 'too little data']

/** Minutes → the verdict on every retry and fallback, what hurts first. A pure function. */
export function explainVerdict(
  { rows, native, repeats, settled }: VerdictInputs,
  { fromMs, toMs }: Pick<Asked, 'fromMs' | 'toMs'>,
): Answer<VerdictFinding> {
  const within = rows.filter(row => row.at_ms >= fromMs && row.at_ms < toMs)
  const storms = findStorms(rows, repeats, fromMs).filter(storm => storm.from_ms < toMs)
  const groups = Map.groupBy(
    within.filter(row => isFailure(row) && row.to_upstream !== '' && row.retried_requests + row.failed_at_once > 0),
    row => JSON.stringify([row.route, row.policy, row.cause, row.from_upstream, row.to_upstream, row.currency]),
  )
  const collaterals = collateralsOf(within, { rows, native, fromMs })
  const requestsOf = Map.groupBy(within, row => row.route)
  const findings = [
    ...[...collaterals].map(([target, collateral]) => judgeGroup(fallbacksTo(target, within), allRoutes(target, within, collateral))),
    ...[...groups.values()].map(own => {
      const { route, from_upstream, to_upstream } = own[0] as ResilienceMinute
      const whole = from_upstream === to_upstream ? undefined : collaterals.get(to_upstream)
      return judgeGroup(own, {
        routeRequests: total(requestsOf.get(route) ?? [], 'requests'),
        collateral: whole && partOf(whole, total(own, 'collateral_attempts')),
        storm: storms.find(storm => storm.route === route),
      })
    }),
  ]
  const isOfAll = ({ route }: VerdictFinding) => (route === ALL_ROUTES ? 0 : 1)
  findings.sort(
    (a, b) => isOfAll(a) - isOfAll(b) || ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || b.first_failures - a.first_failures,
  )
  return {
    question: 'verdict',
    from: isoTime(fromMs),
    to: isoTime(toMs),
    settled_until: isoTime(settled.untilMs),
    sentence: sentenceOf(findings, storms, settled),
    confidence: settled.untilMs === null ? 'cannot tell' : (findings[0]?.confidence ?? 'high'),
    findings: findings.slice(0, MOST_FINDINGS),
    sample: { requests: total(within, 'requests'), minutes: settled.windows },
    coverage: coverageOf(within),
    missing: missingOf(within, settled),
    is_calm: storms.length === 0 && !findings.some(one => one.verdict === 'hurts' || one.verdict === 'helps'),
    would_change: (findings.find(one => one.storm !== null) ?? findings[0])?.would_change ?? null,
    method: 'verdict',
  }
}

/** What the client left is no failure of anybody. */
const isFailure = ({ cause }: ResilienceMinute) => cause !== '' && cause !== 'client_cancelled'

/** What the fallback traffic of all routes did to each target that had some. */
function collateralsOf(
  within: readonly ResilienceMinute[],
  all: Pick<VerdictInputs, 'rows' | 'native'> & { fromMs: number },
): Map<string, Collateral> {
  const { rows, native, fromMs } = all
  if (native === undefined) return new Map()
  const targets = new Set(within.filter(row => row.from_upstream !== row.to_upstream && row.to_upstream !== '').map(row => row.to_upstream))
  return new Map(
    [...targets].flatMap(target => {
      const collateral = collateralAt(target, rows, native, fromMs)
      return collateral === undefined ? [] : [[target, collateral] as const]
    }),
  )
}

const fallbacksTo = (target: string, rows: readonly ResilienceMinute[]) =>
  rows.filter(row => row.to_upstream === target && row.from_upstream !== target && isFailure(row))

/** All routes that fall back to a target, judged as one: its own requests suffer from all of them together. */
function allRoutes(target: string, within: readonly ResilienceMinute[], collateral: Collateral): Surroundings {
  const routes = new Set(fallbacksTo(target, within).map(row => row.route))
  return {
    routeRequests: total(
      within.filter(row => routes.has(row.route)),
      'requests',
    ),
    collateral,
    storm: undefined,
    all: { route: ALL_ROUTES, policy: '', cause: 'any failure', from_upstream: 'elsewhere' },
  }
}

const PLURALS: Readonly<Partial<Record<string, string>>> = { helps: 'help', hurts: 'hurt' }

function sentenceOf(findings: readonly VerdictFinding[], storms: readonly Storm[], settled: SettledUntil): string {
  if (settled.untilMs === null) return 'Nothing is settled in this period.'
  if (findings.length === 0) return 'No request failed at first: retries and fallbacks had nothing to do.'
  const [worst] = findings
  const counts = ORDER.map(verdict => ({ verdict, n: findings.filter(one => one.verdict === verdict).length }))
  const told = counts.filter(({ n }) => n > 0).map(({ verdict, n }) => `${n} ${n === 1 ? verdict : (PLURALS[verdict] ?? verdict)}`)
  const [storm] = storms
  const stormy =
    storm === undefined
      ? ''
      : ` A retry storm on ${storm.route || 'no route'} began at ${isoTime(storm.from_ms)}, made by the ${storm.origin}` +
        `${storm.origin === 'gateway' && storm.policy !== '' ? `'s policy ${storm.policy}` : ''}.`
  return `Of ${findings.length} retries and fallbacks: ${told.join(', ')}.${stormy} ${worst?.sentence}`
}

/** Attempts that gateways counted and wrote no line of are seen as numbers alone. */
function coverageOf(rows: readonly ResilienceMinute[]): number | null {
  const retried = total(rows, 'retried_requests')
  const unknown = rows.filter(row => row.cause === 'unknown').reduce((sum, row) => sum + row.retried_requests, 0)
  return retried === 0 ? null : 1 - unknown / retried
}

function missingOf(rows: readonly ResilienceMinute[], settled: SettledUntil): string[] {
  const unknown = rows.filter(row => row.cause === 'unknown' && row.retried_requests > 0)
  return [
    ...(settled.untilMs === null ? ['settled minutes'] : []),
    ...(unknown.length > 0
      ? [`why ${total(unknown, 'retried_requests')} requests were tried again: their gateway counts attempts without a line of each`]
      : []),
  ]
}
