import { leveledRows } from '../../../answers/leveled-rows.ts'
import { readSettledUntil } from '../../../answers/settled-until.ts'
import { readQuery } from '../../../platform/clickhouse/read-query.ts'
import { SECOND } from '../../../platform/clock.ts'
import type { Labels, Reading, Readings } from '../../reading.ts'
import type { SignalDeps } from '../signal-deps.ts'
import { views } from '../views.ts'
import { type Burn, type Counted, judgeBurn, type Objective, windowsOf } from './judge-burn.ts'

const countsSql = readQuery(import.meta.url, 'slo-counts')
const bucketsSql = readQuery(import.meta.url, 'slo-buckets')

/** What is good. availability: a valid request that was answered well; ttft and tpot: one whose time is at most `thresholdMs`. */
export type Indicator = 'availability' | 'ttft' | 'tpot' | 'duration'

/** What a burn is read of. */
export interface SloQuestion extends Objective {
  readonly name: string
  readonly indicator: Indicator
  readonly thresholdMs: number
  /** Labels of the view latency: one reading for each combination. */
  readonly by: readonly string[]
  /** Values of labels that count. */
  readonly where: Readonly<Record<string, string>>
}

interface CountRow {
  readonly valid: readonly number[]
  readonly bad: readonly number[]
  /** Start of its first minute in the longest window, s. */
  readonly first_s: number
  readonly [label: string]: unknown
}

/** Levels at which a quantile state is asked: the share above a threshold is known to a thousandth, at the top to a ten-thousandth. */
const LEVELS = [...Array.from({ length: 999 }, (_, index) => index + 1).map(level => level / 1_000), 0.9995, 0.9999]
const MOST_READINGS = 10_000

const EVERYONE = { isAll: true, tenants: [], seesVolumes: true }

/**
 * How fast each thing burns its error budget, at `settledUntilMs`. The windows of both severities are counted by one query, so that the two
 * rules of an objective ask the same. Rejects with the codes of the client.
 */
export async function readSloBurn(question: SloQuestion, settledUntilMs: number, deps: SignalDeps): Promise<Readings> {
  const fromMs = settledUntilMs - LONGEST_MS
  const starts = WINDOWS.map(windowMs => settledUntilMs - windowMs)
  const rows = await leveledRows('latency', { fromMs, toMs: settledUntilMs }, starts, deps)
  const found = await deps.clickhouse.query<CountRow>(countsOf(question, rows.sql), {
    ...rows.parameters,
    ...whereOf(question),
    starts: starts.map(startMs => startMs / SECOND),
    from: fromMs / SECOND,
    to: settledUntilMs / SECOND,
  })
  const settled = await readSettledUntil({ fromMs: starts[0] ?? fromMs, toMs: settledUntilMs, scope: EVERYONE }, deps)
  const readings = found.slice(0, MOST_READINGS).flatMap(row => {
    const countedIn = (windowMs: number) => {
      const index = WINDOWS.indexOf(windowMs)
      return { valid: Number(row.valid[index] ?? 0), bad: Number(row.bad[index] ?? 0) }
    }
    return readingOf(labelsOf(row, question), countedIn, question, settledUntilMs - Number(row.first_s) * SECOND)
  })
  return { settledUntilMs, isComplete: settled.windows > 0 && found.length <= MOST_READINGS, readings }
}

/** Pieces of time that history is counted by: the shortest window. */
const BUCKET_MS = Math.min(...windowsOf('page'))

interface BucketRow {
  readonly bucket_start_s: number
  readonly valid: number
  readonly bad: number
  readonly [label: string]: unknown
}

/**
 * The same at several moments (ms, ascending, whole five minutes apart), by one query: events are counted by five minutes, of which windows
 * are made. Rejects with the codes of the client.
 */
export async function readSloMoments(question: SloQuestion, momentsMs: readonly number[], deps: SignalDeps): Promise<Readings[]> {
  const [firstMs = 0, lastMs = firstMs] = [momentsMs[0], momentsMs.at(-1)]
  const rows = await deps.clickhouse.query<BucketRow>(bucketsOf(question), {
    ...whereOf(question),
    bucket_s: BUCKET_MS / SECOND,
    from: (firstMs - LONGEST_MS) / SECOND,
    to: lastMs / SECOND,
  })
  const things = [...Map.groupBy(rows, row => JSON.stringify(labelsOf(row, question))).values()].map(own => ({
    labels: labelsOf(own[0] as BucketRow, question),
    sums: sumsOf(own),
    beganMs: Number(own[0]?.bucket_start_s) * SECOND,
  }))
  return momentsMs.map(atMs => ({
    settledUntilMs: atMs,
    isComplete: true,
    readings: things
      .filter(({ beganMs }) => beganMs < atMs)
      .flatMap(({ labels, sums, beganMs }) => readingOf(labels, windowMs => sums(atMs - windowMs, atMs), question, atMs - beganMs)),
  }))
}

/** Gives the events of [fromMs, toMs) from buckets, by sums from the beginning. */
function sumsOf(rows: readonly BucketRow[]): (fromMs: number, toMs: number) => Counted {
  let [valid, bad] = [0, 0]
  const sums = rows.map(row => {
    valid += Number(row.valid)
    bad += Number(row.bad)
    return { startMs: Number(row.bucket_start_s) * SECOND, valid, bad }
  })
  const before = (atMs: number) => {
    let [low, high] = [0, sums.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle]?.startMs ?? 0) < atMs) low = middle + 1
      else high = middle
    }
    return sums[low - 1] ?? { valid: 0, bad: 0 }
  }
  return (fromMs, toMs) => {
    const [start, end] = [before(fromMs), before(toMs)]
    return { valid: end.valid - start.valid, bad: end.bad - start.bad }
  }
}

const WINDOWS = [...windowsOf('page'), ...windowsOf('ticket')].sort((one, other) => one - other)
const LONGEST_MS = WINDOWS.at(-1) ?? 0

function whereOf({ where }: SloQuestion) {
  return Object.fromEntries(Object.values(where).map((value, index) => [`where_${index}`, value]))
}

function labelsOf(row: Readonly<Record<string, unknown>>, { name, by }: SloQuestion): Labels {
  const own = by.map(label => [label, String(row[`label_${label}`] ?? '')] as const).filter(([, value]) => value !== '')
  return { slo: name, ...Object.fromEntries(own) }
}

function countsOf(question: SloQuestion, rows: string): string {
  const { valid, late, badOf } = partsOf(question)
  const since = (index: number) => `toUnixTimestamp(r.window_start) >= {starts:Array(UInt32)}[${index + 1}]`
  const bad = late
    ? `[${WINDOWS.map((_, index) => `(1 - ${late(since(index))}) * sumIf(${valid}, ${since(index)})`).join(', ')}]`
    : `sumForEach(arrayMap(start -> if(toUnixTimestamp(r.window_start) >= start, toFloat64(${badOf}), 0), {starts:Array(UInt32)}))`
  return filled(countsSql, question, rows, { valid, bad })
}

function bucketsOf(question: SloQuestion): string {
  const { valid, late, badOf } = partsOf(question)
  const bad = late ? `(1 - ${late('1')}) * sum(${valid})` : `toFloat64(sum(${badOf}))`
  return filled(bucketsSql, question, '{database}.latency_per_minute_current', { valid, bad })
}

/** What is valid and what is bad of it, as SQL over a row; of times instead the share that is not late, over rows that fit a condition. */
function partsOf({ indicator, thresholdMs }: SloQuestion) {
  const failed = 'toInt64(r.requests) - toInt64(r.successful_requests)'
  const excluded = ['gateway_rejected', 'client_cancelled', 'auth', 'client_error', 'blocked_by_policy']
    .map(name => `toInt64(r.errors_by_class['${name}'])`)
    .join(' + ')
  if (indicator === 'availability')
    return { valid: `(toInt64(r.requests) - (${excluded}))`, badOf: `(${failed}) - (${excluded})`, late: undefined }
  const levels = LEVELS.join(', ')
  const late = (condition: string) =>
    `arrayMax(arrayMap((level, value) -> if(value <= ${Number(thresholdMs)}, level, 0), [${levels}],
    quantilesBFloat16MergeIf(${levels})(r.${indicator}_ms, ${condition})))`
  return { valid: `r.${indicator}_count`, badOf: '0', late }
}

function filled(text: string, { by, where }: SloQuestion, rows: string, { valid, bad }: { valid: string; bad: string }): string {
  const labels = views['latency']?.labels ?? {}
  return text
    .replaceAll('{rows}', () => rows)
    .replaceAll('{labels}', () => by.map(name => `${labels[name]} AS label_${name}, `).join(''))
    .replaceAll('{label_names}', () => by.map(name => `label_${name}, `).join(''))
    .replaceAll('{valid}', () => valid)
    .replaceAll('{bad}', () => bad)
    .replaceAll('{filters}', () =>
      Object.keys(where)
        .map((name, index) => `AND ${labels[name]} = {where_${index}:String}`)
        .join(' '),
    )
}

function readingOf(labels: Labels, countedIn: (windowMs: number) => Counted, question: SloQuestion, seenMs: number): Reading[] {
  const burn = judgeBurn(countedIn, { ...question, seenMs })
  if (burn === undefined) return []
  const facts = factsOf(burn, question)
  return [{ labels, value: burn.value, sample: burn.long.valid, count: burn.short.bad, facts }]
}

function factsOf(burn: Burn, { objective, periodDays, indicator, thresholdMs }: SloQuestion) {
  const left = 1 - burn.budgetUsed
  return {
    indicator,
    objective,
    threshold_ms: thresholdMs,
    period_days: periodDays,
    burn_rate: burn.longBurn,
    short_burn_rate: burn.shortBurn,
    factor: burn.factor,
    long_ms: burn.pair.longMs,
    short_ms: burn.pair.shortMs,
    bad: Math.round(burn.long.bad),
    valid: burn.long.valid,
    bad_share: burn.long.valid === 0 ? null : burn.long.bad / burn.long.valid,
    budget_used: burn.budgetUsed,
    /** How long a whole budget lasts at this rate, ms. */
    lasts_ms: burn.longBurn > 0 ? (Math.max(0, left) * periodDays * 86_400_000) / burn.longBurn : null,
  }
}
