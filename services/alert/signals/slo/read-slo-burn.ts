import { leveledRows } from '../../../answers/leveled-rows.ts'
import { readSettledUntil } from '../../../answers/settled-until.ts'
import { readQuery } from '../../../platform/clickhouse/read-query.ts'
import { SECOND } from '../../../platform/clock.ts'
import type { Reading, Readings } from '../../reading.ts'
import type { SignalDeps } from '../signal-deps.ts'
import { views } from '../views.ts'
import { type Burn, judgeBurn, type Objective, windowsOf } from './judge-burn.ts'

const countsSql = readQuery(import.meta.url, 'slo-counts')

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

/** How fast each thing burns its error budget, at `settledUntilMs`. Rejects with the codes of the client. */
export async function readSloBurn(question: SloQuestion, settledUntilMs: number, deps: SignalDeps): Promise<Readings> {
  const windows = windowsOf(question.severity)
  const longestMs = windows.at(-1) ?? 0
  const fromMs = settledUntilMs - longestMs
  const starts = windows.map(windowMs => settledUntilMs - windowMs)
  const rows = await leveledRows('latency', { fromMs, toMs: settledUntilMs }, starts, deps)
  const found = await deps.clickhouse.query<CountRow>(sqlOf(question, rows.sql, windows.length), {
    ...rows.parameters,
    ...Object.fromEntries(Object.entries(question.where).map(([, value], index) => [`where_${index}`, value])),
    starts: starts.map(startMs => startMs / SECOND),
    from: fromMs / SECOND,
    to: settledUntilMs / SECOND,
  })
  const settled = await readSettledUntil({ fromMs: starts[0] ?? fromMs, toMs: settledUntilMs, scope: EVERYONE }, deps)
  return {
    settledUntilMs,
    isComplete: settled.windows > 0 && found.length <= MOST_READINGS,
    readings: found.slice(0, MOST_READINGS).flatMap(row => readingOf(row, question, windows, settledUntilMs)),
  }
}

const EVERYONE = { isAll: true, tenants: [], seesVolumes: true }

function sqlOf({ indicator, by, where, thresholdMs }: SloQuestion, rows: string, windows: number): string {
  const labels = views['latency']?.labels ?? {}
  const column = `${indicator}_ms`
  const isLate = indicator !== 'availability'
  const failed = 'toInt64(r.requests) - toInt64(r.successful_requests)'
  const excluded = ['gateway_rejected', 'client_cancelled', 'auth', 'client_error', 'blocked_by_policy']
    .map(name => `toInt64(r.errors_by_class['${name}'])`)
    .join(' + ')
  const valid = isLate ? `r.${indicator}_count` : `(toInt64(r.requests) - (${excluded}))`
  const since = (index: number) => `toUnixTimestamp(r.window_start) >= {starts:Array(UInt32)}[${index + 1}]`
  const late = (
    index: number,
  ) => `arrayMax(arrayMap((level, value) -> if(value <= ${Number(thresholdMs)}, level, 0), [${LEVELS.join(', ')}],
    quantilesBFloat16MergeIf(${LEVELS.join(', ')})(r.${column}, ${since(index)})))`
  const bad = isLate
    ? `[${Array.from({ length: windows }, (_, index) => `(1 - ${late(index)}) * sumIf(${valid}, ${since(index)})`).join(', ')}]`
    : `sumForEach(arrayMap(start -> if(toUnixTimestamp(r.window_start) >= start, toFloat64((${failed}) - (${excluded})), 0),
      {starts:Array(UInt32)}))`
  return countsSql
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

function readingOf(row: CountRow, question: SloQuestion, windows: readonly number[], settledUntilMs: number): Reading[] {
  const countedIn = (windowMs: number) => {
    const index = windows.indexOf(windowMs)
    return { valid: Number(row.valid[index] ?? 0), bad: Number(row.bad[index] ?? 0) }
  }
  const seenMs = settledUntilMs - Number(row.first_s) * SECOND
  const burn = judgeBurn(countedIn, { ...question, seenMs })
  if (burn === undefined) return []
  const own = question.by.map(name => [name, String(row[`label_${name}`] ?? '')] as const).filter(([, value]) => value !== '')
  return [
    {
      labels: { slo: question.name, ...Object.fromEntries(own) },
      value: burn.value,
      sample: burn.long.valid,
      count: burn.short.bad,
      facts: factsOf(burn, question),
    },
  ]
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
