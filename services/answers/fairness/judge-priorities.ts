import { wilson } from '../statistics/wilson.ts'
import { emptyFinding, type FairnessFinding } from './fairness-finding.ts'
import { LEAST_MINUTES } from './judge-shares.ts'

/** Waits of a priority class in a pool in one minute with a queue; `requests`: those whose wait is known. */
export interface WaitRow {
  readonly pool: string
  readonly at_ms: number
  readonly priority: string
  readonly requests: number
  readonly queue_p50_ms: number
}

/**
 * Usual names of classes, the higher first. critical, standard and sheddable are those of the Gateway API Inference Extension (v1alpha2);
 * numbers are an InferenceObjective's, of which a higher one goes first.
 */
const CLASSES: readonly (readonly string[])[] = [
  ['critical', 'high', 'interactive', 'realtime', 'real-time', 'premium'],
  ['standard', 'normal', 'default', 'medium'],
  ['batch', 'low', 'sheddable', 'background', 'bulk', 'offline'],
]
/** Requests of a class under which its minute is not compared. */
const LEAST_REQUESTS = 3
/** A minute in which neither class waited so long says nothing of their order, ms. */
const LEAST_WAIT_MS = 10
/** Quantiles are stored up to 0.8 % low: closer than this is equal. */
const EQUAL = 1.02
/** What makes a wait longer or shorter at all. */
const LONGER = 1.1
const SHORTER = 0.8

/** How high a class is, or undefined where its name does not tell. Numbers and names are not held against one another. */
function heightOf(priority: string): { kind: 'number' | 'name'; height: number } | undefined {
  if (/^-?\d{1,9}$/.test(priority)) return { kind: 'number', height: Number(priority) }
  const index = CLASSES.findIndex(names => names.includes(priority.toLowerCase()))
  return index < 0 ? undefined : { kind: 'name', height: -index }
}

/** Pairs of classes of one pool → whether the higher one waits less. A pure function. */
export function judgePriorities(rows: readonly WaitRow[]): FairnessFinding[] {
  const classes = [...new Set(rows.map(row => row.priority))]
  return classes.flatMap(higher =>
    classes.flatMap(lower => {
      const [a, b] = [heightOf(higher), heightOf(lower)]
      if (a === undefined || b === undefined || a.kind !== b.kind || a.height <= b.height) return []
      const found = judgePair(rows, higher, lower)
      return found === undefined ? [] : [found]
    }),
  )
}

function judgePair(rows: readonly WaitRow[], higher: string, lower: string): FairnessFinding | undefined {
  const of = (priority: string) =>
    new Map(rows.filter(row => row.priority === priority && row.requests >= LEAST_REQUESTS).map(row => [row.at_ms, row]))
  const [upper, under] = [of(higher), of(lower)]
  const pairs = [...upper.values()].flatMap(row => {
    const other = under.get(row.at_ms)
    if (other === undefined || Math.max(row.queue_p50_ms, other.queue_p50_ms) < LEAST_WAIT_MS) return []
    return [{ high: row.queue_p50_ms, low: other.queue_p50_ms, n: row.requests + other.requests }]
  })
  if (pairs.length < LEAST_MINUTES) return undefined
  const [waitedHigh, waitedLow] = [medianOf(pairs.map(pair => pair.high)), medianOf(pairs.map(pair => pair.low))]
  const isMostly = (count: number) => wilson(count, pairs.length).low > 0.5
  const isInverted = isMostly(pairs.filter(({ high, low }) => high > EQUAL * low).length) && waitedHigh > LONGER * waitedLow
  const isHonoured = isMostly(pairs.filter(({ high, low }) => low > EQUAL * high).length) && waitedHigh < SHORTER * waitedLow
  const state = isInverted ? 'inverted' : isHonoured ? 'honoured' : 'ignored'
  const waits = `waits ${waitedHigh.toFixed(0)} ms against ${waitedLow.toFixed(0)} ms`
  const pool = rows[0]?.pool ?? ''
  const words = {
    inverted: `Priorities are upside down at ${pool}: ${higher} ${waits} of ${lower}`,
    ignored: `Priorities make no difference at ${pool}: ${higher} ${waits} of ${lower}`,
    honoured: `Priorities are honoured at ${pool}: ${higher} ${waits} of ${lower}`,
  }
  return {
    ...emptyFinding,
    ...{ kind: 'priority', state, pool, higher, lower, higher_queue_ms: waitedHigh, lower_queue_ms: waitedLow },
    ...{
      minutes: pairs.length,
      requests: pairs.reduce((sum, pair) => sum + pair.n, 0),
      confidence: state === 'ignored' ? 'medium' : 'high',
    },
    sentence: `${words[state]} (medians of ${pairs.length} minutes with a queue).`,
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
