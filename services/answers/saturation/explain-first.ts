import type { Answer, Confidence } from '../answer.ts'
import type { Asked } from '../question.ts'
import { isoTime, type SettledUntil } from '../settled-until.ts'
import { causeOf } from './cause.ts'
import type { FirstFinding, State } from './first-finding.ts'
import { type Forecast, forecast } from './forecast.ts'
import { growersOf } from './growth.ts'
import { type MinuteIndex, minuteIndexes } from './minute-index.ts'
import type { PoolMinute, SenderLoad } from './pool-minute.ts'
import { LEAST_SEEN, seenShare, TREND_MINUTES } from './seen-share.ts'
import { isQueueGrowing, isWarned } from './warning.ts'

/** What the forecast is made of. `loads`: of the whole platform, or of the tenants who ask. */
export interface FirstInputs {
  readonly minutes: readonly PoolMinute[]
  readonly loads: readonly SenderLoad[]
  readonly settled: SettledUntil
}

/** A pool whose last reading is older than this says nothing of now, ms. */
const STALE_MS = 3 * 60_000
const ORDER: readonly State[] = ['saturated', 'soon', 'in sight', 'cannot tell', 'not in sight']

/** Minutes of pools → which saturates first. A pure function. */
export function explainFirst(
  { minutes, loads, settled }: FirstInputs,
  { fromMs, toMs, scope }: Pick<Asked, 'fromMs' | 'toMs' | 'scope'>,
): Answer<FirstFinding> {
  const nowMs = settled.untilMs ?? toMs
  const isOwn = scope.seesVolumes ? () => true : ({ pool }: { pool: string }) => loads.some(load => load.pool === pool)
  const pools = [...Map.groupBy(minutes.filter(isOwn), row => JSON.stringify([row.pool, row.model])).values()]
  const read = pools.map(rows => {
    const isOnlyModel = pools.filter(others => others[0]?.pool === rows[0]?.pool).length === 1
    const found = findingOf(rows, nowMs)
    return scope.seesVolumes ? { ...found, growers: growersOf(found, loads, isOnlyModel) } : hidden(found)
  })
  const unread = [...new Set(loads.map(load => load.pool))].filter(pool => pools.every(rows => rows[0]?.pool !== pool)).map(unreadOf)
  const findings = [...read, ...unread]
    .map(found => (found.state === 'cannot tell' || !scope.seesVolumes ? found : { ...found, sentence: sentenceOf(found) }))
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || least(a) - least(b) || (a.pool < b.pool ? -1 : 1))
  const known = findings.filter(found => found.state !== 'cannot tell')
  const isEmpty = settled.untilMs === null
  // In which minutes a pool was read tells a tenant when others were served.
  const shares = scope.seesVolumes ? pools.map(rows => seenShare(rows, nowMs)) : []
  return {
    question: 'first',
    from: isoTime(fromMs),
    to: isoTime(toMs),
    settled_until: isoTime(settled.untilMs),
    sentence: isEmpty ? 'Nothing is settled in this period.' : headline(findings),
    confidence: isEmpty || known.length === 0 ? 'cannot tell' : (known[0]?.confidence ?? 'cannot tell'),
    findings: isEmpty ? [] : findings,
    sample: { requests: loads.reduce((sum, load) => sum + load.recent_attempts + load.before_attempts, 0), minutes: settled.windows },
    coverage: shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length,
    missing: isEmpty ? ['settled minutes'] : [...missingOf(findings), ...(scope.seesVolumes ? unreadReadings(pools, shares) : [])],
    // What is in sight may be a false alarm: told unasked is only what is so.
    is_calm: findings[0]?.state !== 'saturated',
    would_change: wouldChange(findings[0]),
    method: 'first',
  }
}

/** Minutes until saturation for sorting; the fuller first where none is in sight. */
const least = ({ minutes_to_saturation: minutes, index }: FirstFinding) => minutes ?? 1000 - (index ?? 0)

function findingOf(rows: readonly PoolMinute[], nowMs: number): FirstFinding {
  const last = rows.at(-1) as PoolMinute
  const indexes = minuteIndexes(rows)
  const seen = seenShare(rows, nowMs)
  const found = forecast(indexes, seen)
  const head = { pool: last.pool, model: last.model }
  if (last.at_ms + STALE_MS < nowMs) return unknown(head, `its last reading is of ${isoTime(last.at_ms)}`)
  if (found === undefined) return unknown(head, 'fewer than 5 of the last 15 minutes have readings')
  const state = stateOf(indexes, found)
  return {
    ...head,
    sentence: '',
    confidence: confidenceOf(
      Math.min(seen, rows.filter(row => row.at_ms >= nowMs - TREND_MINUTES * 60_000).length / TREND_MINUTES),
      found,
      state,
    ),
    state,
    index: found.index,
    index_interval: { low: found.low, high: found.high, level: 0.8 },
    bound: indexes.at(-1)?.bound ?? null,
    parts: indexes.at(-1)?.parts ?? null,
    minutes_to_saturation: state === 'saturated' ? 0 : found.minutes,
    minutes_earliest: state === 'saturated' ? 0 : found.earliest,
    minutes_latest: state === 'saturated' ? 0 : found.latest,
    probability: state === 'saturated' ? 1 : found.probability,
    engines: last.engines,
    cause: causeOf(rows),
    growers: [],
  }
}

function stateOf(indexes: readonly MinuteIndex[], found: Forecast): State {
  if (isQueueGrowing(indexes) || found.low >= 1) return 'saturated'
  if (isWarned(indexes)) return 'soon'
  return found.minutes === null ? 'not in sight' : 'in sight'
}

/** Sure where the 80 % interval of the index, or of its future, is clear of 1 and no minute is missing; less so with gaps. */
function confidenceOf(seen: number, found: Forecast, state: State): Confidence {
  if (state === 'in sight') return found.latest !== null && seen >= 0.8 ? 'medium' : 'low'
  const isClear = state === 'not in sight' ? found.probability < 0.05 && found.earliest === null : found.probability > 0.95
  if (seen < 0.5) return 'low'
  return isClear && seen >= 0.95 ? 'high' : 'medium'
}

function unknown(head: { pool: string; model: string }, why: string): FirstFinding {
  return {
    ...head,
    sentence: `${head.pool}: nobody can tell, ${why}.`,
    confidence: 'cannot tell',
    state: 'cannot tell',
    index: null,
    index_interval: null,
    bound: null,
    parts: null,
    minutes_to_saturation: null,
    minutes_earliest: null,
    minutes_latest: null,
    probability: null,
    engines: null,
    cause: null,
    growers: [],
  }
}

const unreadOf = (pool: string) => unknown({ pool, model: '' }, 'no metrics of its model servers come')

/** What a tenant is told: its pools and how they stand, no figure of everyone's load. */
function hidden(found: FirstFinding): FirstFinding {
  const { pool, model } = found
  if (found.state === 'cannot tell') return unknown({ pool, model }, 'its readings are missing')
  return { ...unknown({ pool, model }, ''), state: found.state, confidence: found.confidence, sentence: `${pool}: ${WORDS[found.state]}.` }
}

const WORDS: Readonly<Record<State, string>> = {
  saturated: 'saturated, its queue grows',
  soon: 'will saturate within 15 minutes if it goes on',
  'in sight': 'will saturate within the hour if it goes on',
  'not in sight': 'saturation is not in sight',
  'cannot tell': 'nobody can tell',
}
const BOUND_WORDS = { kv: 'its KV cache', prefill: 'prompts to prefill', slots: 'places for running requests', queue: 'a queue that grows' }

function sentenceOf({ pool, model, state, index, bound, minutes_earliest, minutes_latest, cause, growers }: FirstFinding): string {
  const range =
    minutes_latest === null
      ? `in ${rounded(minutes_earliest)} minutes at the earliest`
      : `in ${rangeOf(minutes_earliest, minutes_latest)} minutes`
  const when = state === 'soon' || state === 'in sight' ? `, ${minutes_earliest === null ? 'when is unsure' : range}` : ''
  const why = cause === null || cause === 'nothing that stands out' ? '' : ` What changed: ${cause}.`
  const [most] = growers
  const who =
    most === undefined || state === 'not in sight' || cause !== 'more load'
      ? ''
      : ` ${percent(most.share)} of the growth is ${most.tenant_id}'s on ${most.route}.`
  const by = bound === null ? 'nothing known' : BOUND_WORDS[bound]
  return `${pool} (${model}): ${WORDS[state]}${when}; index ${index?.toFixed(2)}, bound by ${by}.${why}${who}`
}

const rounded = (minutes: number | null) => (minutes === null ? '?' : String(Math.round(minutes)))
const rangeOf = (low: number | null, high: number) =>
  rounded(low) === rounded(high) ? rounded(high) : `${rounded(low)} to ${rounded(high)}`
const percent = (share: number) => `${Math.round(100 * share)} %`

function headline(findings: readonly FirstFinding[]): string {
  const [first] = findings
  if (first === undefined) return 'No pool served anything in this period.'
  const others = findings.filter(found => found.state === 'saturated' || found.state === 'soon').length - 1
  const more = others > 0 ? ` ${others} more ${others === 1 ? 'is' : 'are'} saturated or will be soon.` : ''
  return `${first.sentence}${more}`
}

function missingOf(findings: readonly FirstFinding[]): string[] {
  if (findings.length === 0) return ['readings of model servers']
  return findings.filter(found => found.state === 'cannot tell').map(found => `readings of the model servers of ${found.pool}`)
}

/** Pools that are read with gaps. */
function unreadReadings(pools: readonly (readonly PoolMinute[])[], shares: readonly number[]): string[] {
  return pools.flatMap((rows, index) => {
    const share = shares[index] ?? 1
    return share >= LEAST_SEEN
      ? []
      : [`${percent(1 - share)} of the readings of ${rows[0]?.pool} (${rows[0]?.model}) in the last 15 minutes`]
  })
}

/** Of less load than this nobody is told how much more there could be. */
const LEAST_TOLD = 0.001

function wouldChange(first: FirstFinding | undefined): string | null {
  if (first?.index == null || first.engines === null || first.index < LEAST_TOLD) return null
  const engines = Math.ceil(first.engines * (first.index / 0.8)) - first.engines
  if (first.state === 'not in sight')
    return `${Math.round(100 * (1 / first.index - 1))} % more of the same load would bring ${first.pool} to its bound`
  return engines > 0 ? `${engines} more engines of the same kind would bring ${first.pool} below 0.8` : 'load that stops growing'
}
