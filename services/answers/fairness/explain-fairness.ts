import type { Answer } from '../answer.ts'
import { isoTime, type SettledUntil } from '../settled-until.ts'
import { FAIRNESS_STATES, type FairnessFinding } from './fairness-finding.ts'
import { findLacks, type TenantRow } from './find-lacks.ts'
import { judgePriorities, type WaitRow } from './judge-priorities.ts'
import { judgeShares, LEAST_MINUTES, type ShareRow } from './judge-shares.ts'

/** Minutes of a pool that were read, and those of them in which requests waited. */
export interface PoolRow {
  readonly pool: string
  readonly read_minutes: number
  readonly contended_minutes: number
}

/** What fairness is judged by. */
export interface FairnessInputs {
  readonly pools: readonly PoolRow[]
  readonly shares: readonly ShareRow[]
  readonly waits: readonly WaitRow[]
  readonly tenants: readonly TenantRow[]
  readonly budgeted: readonly string[]
  readonly settled: SettledUntil
}

const isUnfair = ({ state }: FairnessFinding) => state === 'inverted' || state === 'short'

/** Pools, tenants and classes → who goes short, which priorities are worth something, and what has no owner. A pure function. */
export function explainFairness(inputs: FairnessInputs, { fromMs, toMs }: { fromMs: number; toMs: number }): Answer<FairnessFinding> {
  const { pools, shares, waits, tenants, budgeted, settled } = inputs
  const contended = pools.filter(({ contended_minutes }) => contended_minutes >= LEAST_MINUTES)
  const findings = [
    ...contended.flatMap(({ pool, contended_minutes }) =>
      judgeShares(
        shares.filter(row => row.pool === pool),
        contended_minutes,
      ),
    ),
    ...contended.flatMap(({ pool }) => judgePriorities(waits.filter(row => row.pool === pool))),
    ...findLacks(tenants, budgeted),
  ]
  // Sorting is stable: of one state the order of judging stays, which is the worst first.
  findings.sort((a, b) => FAIRNESS_STATES.indexOf(a.state) - FAIRNESS_STATES.indexOf(b.state))
  const isEmpty = settled.untilMs === null
  const unjudged = contended.filter(({ pool }) => !findings.some(one => one.kind === 'priority' && one.pool === pool))
  return {
    question: 'fairness',
    from: isoTime(fromMs),
    to: isoTime(toMs),
    settled_until: isoTime(settled.untilMs),
    sentence: isEmpty ? 'Nothing is settled in this period.' : sentenceOf(findings, pools, contended),
    confidence: isEmpty ? 'cannot tell' : pools.length === 0 && shares.length === 0 ? 'low' : (findings[0]?.confidence ?? 'high'),
    is_calm: !findings.some(isUnfair),
    findings,
    sample: {
      requests: shares.reduce((sum, row) => sum + row.asked, 0),
      minutes: Math.max(0, ...pools.map(row => row.contended_minutes)),
    },
    coverage: null,
    missing: [
      ...(isEmpty ? ['settled minutes'] : []),
      ...(!isEmpty && pools.length === 0 ? ['readings of model servers: without them nobody knows when requests wait'] : []),
      ...unjudged.map(({ pool }) => `waits of two priority classes at ${pool} (queue_ms and priority of requests)`),
    ],
    would_change: turnOf(findings[0]),
    method: 'fairness',
  }
}

function sentenceOf(findings: readonly FairnessFinding[], pools: readonly PoolRow[], contended: readonly PoolRow[]): string {
  const unfair = findings.filter(isUnfair)
  const [first] = unfair
  if (first !== undefined) return `${first.sentence}${unfair.length > 1 ? ` (and ${unfair.length - 1} more)` : ''}`
  const [lack] = findings.filter(({ kind }) => kind === 'lack')
  const owned = lack === undefined ? '' : ` ${lack.sentence}`
  if (pools.length === 0) return `No model server was read, so nobody knows when requests waited.${owned}`
  if (contended.length === 0) return `Requests hardly waited at any of ${pools.length} pools, so that no tenant went short.${owned}`
  return `No tenant goes short at the ${contended.length} pools where requests waited.${owned}`
}

function turnOf(finding: FairnessFinding | undefined): string | null {
  if (finding?.state === 'inverted' || finding?.state === 'ignored') {
    return 'An engine that orders its queue by priority, the priority forwarded to it, and places that the lower class does not fill.'
  }
  if (finding?.state !== 'short') return null
  return `A limit for who has more than a fair share at ${finding.pool}, a scheduler that takes turns, or a pool of its own.`
}
