import { maxMinFair } from '../statistics/max-min-fair.ts'
import { wilson } from '../statistics/wilson.ts'
import { emptyFinding, type FairnessFinding } from './fairness-finding.ts'

/** What a tenant asked of a pool while requests waited there, and got. Work in tokens: uncached input and twice the output. */
export interface ShareRow {
  readonly pool: string
  readonly tenant_id: string
  readonly asked: number
  readonly served: number
  readonly work: number
}

/** Fewer contended minutes or requests than these say nothing. */
export const LEAST_MINUTES = 10
const LEAST_ASKED = 20
/** A tenth from a fair share is where a scheduler's grain ends. */
const TOLERANCE = 0.1

interface Judged {
  readonly row: ShareRow
  readonly demand: number
  readonly fair: number
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const percent = (share: number) => `${(100 * share).toFixed(0)} %`

/**
 * Tenants of one pool → who went short of a fair share, and who had more of it, worst first; one finding that it is fair where nobody did.
 * Fair is max-min with equal weights: the work done shared so that nobody gets more than asked for. A pure function.
 */
export function judgeShares(rows: readonly ShareRow[], minutes: number): FairnessFinding[] {
  const told = rows.filter(row => row.asked >= LEAST_ASKED)
  if (minutes < LEAST_MINUTES || told.length < 2) return []
  const pooled = sum(told.map(row => row.work)) / Math.max(1, sum(told.map(row => row.served)))
  // What was not served would have been as large as what was; of a tenant that got nothing, as large as anybody's.
  const demands = told.map(row => row.asked * (row.served > 0 ? row.work / row.served : pooled))
  const fair = maxMinFair(demands, sum(told.map(row => row.work)))
  const judged = told.map((row, index) => ({ row, demand: demands[index] ?? 0, fair: fair[index] ?? 0 }))
  const jain = jainOf(judged)
  const all = { work: sum(told.map(row => row.work)), demand: sum(demands), jain, minutes }
  const short = judged.filter(isShort).sort((a, b) => a.row.work / a.fair - b.row.work / b.fair)
  if (short.length === 0) return [fairFinding(judged, all)]
  const over = judged.filter(one => one.row.work > (1 + TOLERANCE) * one.fair).sort((a, b) => b.row.work / b.fair - a.row.work / a.fair)
  return [...short.map(one => findingOf(one, 'short', all)), ...over.map(one => findingOf(one, 'over', all))]
}

/** The most that its service could be of its fair share, by what was served of what it asked for. */
const highest = ({ row, demand, fair }: Judged) => (wilson(row.served, row.asked).high * demand) / fair
const isShort = (one: Judged) => one.fair > 0 && highest(one) < 1 - TOLERANCE

/** Jain, Chiu and Hawe (DEC-TR-301, 1984): 1 is even, 1 / n is all for one. */
function jainOf(judged: readonly Judged[]): number | null {
  const ratios = judged.filter(one => one.fair > 0).map(one => one.row.work / one.fair)
  const squares = sum(ratios.map(ratio => ratio * ratio))
  return squares === 0 ? null : sum(ratios) ** 2 / (ratios.length * squares)
}

interface All {
  readonly work: number
  readonly demand: number
  readonly jain: number | null
  readonly minutes: number
}

function findingOf(one: Judged, state: 'short' | 'over', all: All): FairnessFinding {
  const { row, demand, fair } = one
  const { low, high, level } = wilson(row.served, row.asked)
  const of_fair_share = row.work / fair
  const shares = { demand_share: demand / all.demand, service_share: row.work / all.work }
  const verb = state === 'short' ? 'goes short' : 'has more than its fair share'
  return {
    ...emptyFinding,
    ...{ kind: 'share', state, pool: row.pool, tenant_id: row.tenant_id, ...shares, of_fair_share, asked: row.asked, served: row.served },
    ...{ interval: { low: (low * demand) / fair, high: (high * demand) / fair, level }, jain: all.jain, minutes: all.minutes },
    confidence: state === 'short' && highest(one) < 1 - 2 * TOLERANCE ? 'high' : 'medium',
    sentence:
      `${row.tenant_id} ${verb} at ${row.pool}: ${percent(shares.service_share)} of the service for ` +
      `${percent(shares.demand_share)} of the demand, ${percent(of_fair_share)} of a fair share; ${row.served} of ${row.asked} requests ` +
      `were answered there in ${all.minutes} minutes with a queue.`,
  }
}

function fairFinding(judged: readonly Judged[], { jain, minutes }: All): FairnessFinding {
  const pool = judged[0]?.row.pool ?? ''
  const [asked, served] = [sum(judged.map(({ row }) => row.asked)), sum(judged.map(({ row }) => row.served))]
  return {
    ...emptyFinding,
    ...{ kind: 'share', state: 'fair', pool, asked, served, jain, minutes, confidence: 'high' },
    sentence: `No tenant of ${pool} goes short in ${minutes} minutes with a queue (${served} of ${asked} requests answered).`,
  }
}
