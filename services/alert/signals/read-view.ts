import { type LeveledRows, leveledRows } from '../../answers/leveled-rows.ts'
import { readSettledUntil } from '../../answers/settled-until.ts'
import { HOUR, MINUTE, SECOND } from '../../platform/clock.ts'
import { durationMs } from '../config/durations.ts'
import type { Facts, Labels, Reading, Readings } from '../reading.ts'
import type { ViewSource } from '../rules/rule.ts'
import { listed } from './listed.ts'
import { minutesOf } from './settled-minutes.ts'
import type { SignalDeps } from './signal-deps.ts'
import { type FactNames, MOST_READINGS, type Moments, viewSql } from './view-sql.ts'
import { views } from './views.ts'

/** Longer periods are read from hours where there are some. */
const LONGEST_OF_MINUTES_MS = 6 * HOUR
/** A pool that was read so shortly before its period and is not in it has not gone: its readings are missing. */
const MISSED_AFTER_MS = 30 * MINUTE
const EVERYONE = { isAll: true, tenants: [], seesVolumes: true }

interface ViewRow {
  readonly at_s: number
  readonly value: number | null
  readonly counted: number | null
  readonly sample: number
  readonly tenants_total: number
  readonly tenants: readonly string[]
  readonly currency: string
  readonly [name: string]: unknown
}

/** What the source says at `settledUntilMs`, over the period that ends there. Rejects with the codes of the client. */
export async function readView(source: ViewSource, settledUntilMs: number, deps: SignalDeps): Promise<Readings> {
  const [readings] = await readViewAt(source, { firstMs: settledUntilMs, stepMs: MINUTE, count: 1 }, deps)
  if (readings === undefined) throw new Error('no readings of the one moment')
  const overMs = durationMs(source.over)
  const windows = await settledMinutes({ fromMs: settledUntilMs - overMs, toMs: settledUntilMs }, deps)
  const missed = source.view === 'pool' ? await missedPools(source, readings, settledUntilMs, deps) : []
  return { ...readings, isComplete: readings.isComplete && windows > 0, readings: [...readings.readings, ...missed] }
}

/** How many minutes of a period are settled. */
async function settledMinutes(period: { fromMs: number; toMs: number }, deps: SignalDeps): Promise<number> {
  const { fromMs, toMs } = period
  const known = deps.settled
  if (known === undefined || fromMs < known.fromMs) return (await readSettledUntil({ ...period, scope: EVERYONE }, deps)).windows
  return known.minutes.filter(({ start_s }) => start_s * SECOND >= fromMs && start_s * SECOND < toMs).length
}

/**
 * The readings of several moments by one query (and one for what is read `also`), in their order. Periods of at most six hours, and all of
 * several moments, are read from minutes. Rejects with the codes of the client.
 */
export async function readViewAt(source: ViewSource, moments: Moments, deps: SignalDeps): Promise<Readings[]> {
  const readings = await readMoments(source, moments, deps)
  const { also, over } = source
  const [measure] = Object.values(also?.facts ?? {})
  if (also === undefined || measure === undefined || readings.every(one => one.readings.length === 0)) return readings
  const [own, its] = [Object.keys(also.on), Object.values(also.on)]
  const others = await readMoments({ view: also.view, measure, over, by: its }, moments, deps, also.facts)
  return readings.map((one, index) => {
    const byKey = new Map(others[index]?.readings.map(({ labels, facts }) => [keyOf(labels, its), facts]))
    const nothing = Object.fromEntries(Object.keys(also.facts).map(name => [name, 0]))
    const factsOf = ({ labels, facts }: Reading) => ({ ...facts, ...nothing, ...pick(byKey.get(keyOf(labels, own)), also.facts) })
    return { ...one, readings: one.readings.map(reading => ({ ...reading, facts: factsOf(reading) })) }
  })
}

function keyOf(labels: Labels, names: readonly string[]): string {
  return JSON.stringify(names.map(name => labels[name] ?? ''))
}

function pick(facts: Facts | undefined, names: FactNames): Facts {
  return Object.fromEntries(Object.entries(facts ?? {}).filter(([name]) => Object.hasOwn(names, name)))
}

async function readMoments(
  source: ViewSource,
  moments: Moments,
  { clickhouse, settled }: SignalDeps,
  facts?: FactNames,
): Promise<Readings[]> {
  const overMs = durationMs(source.over)
  const period = { fromMs: moments.firstMs - overMs, toMs: moments.firstMs + moments.stepMs * (moments.count - 1) }
  const view = views[source.view]
  if (view === undefined) throw new Error(`${source.view} is no view`)
  const isLong = view.hours !== undefined && moments.count === 1 && overMs > LONGEST_OF_MINUTES_MS && (source.of ?? 'sum') === 'sum'
  const rows: LeveledRows =
    isLong && view.hours !== undefined ? await leveledRows(view.hours, period, [], { clickhouse }) : minutesOf(view.table, period, settled)
  const { sql, parameters } = viewSql(source, rows.sql, overMs, moments, facts)
  const found = await clickhouse.query<ViewRow>(sql, { ...rows.parameters, ...parameters })
  const byMoment = Map.groupBy(found, ({ at_s }) => Number(at_s))
  return Array.from({ length: moments.count }, (_, index) => {
    const atMs = moments.firstMs + index * moments.stepMs
    const own = byMoment.get(Math.floor(atMs / SECOND)) ?? []
    const readings = own.slice(0, MOST_READINGS).map(row => readingOf(row, source, overMs))
    return { settledUntilMs: atMs, isComplete: own.length <= MOST_READINGS, readings }
  })
}

function readingOf(row: ViewRow, source: ViewSource, overMs: number): Reading {
  const facts: Record<string, string | number | null> = { over_ms: overMs, counted: row.counted, tenants_total: row.tenants_total }
  for (const [name, value] of Object.entries(row))
    if (name.startsWith('fact_')) facts[name.slice('fact_'.length)] = typeof value === 'number' || typeof value === 'string' ? value : null
  if (row.currency !== '') facts['currency'] = row.currency
  if (row.tenants_total > 0) facts['tenants'] = listed(row.tenants, row.tenants_total)
  const count = source.per === undefined ? {} : { count: row.counted ?? 0 }
  return { labels: labelsOf(row, source.by), value: row.value, sample: row.sample, ...count, facts }
}

function labelsOf(row: ViewRow, by: readonly string[]): Labels {
  return Object.fromEntries(by.map(name => [name, String(row[`label_${name}`] ?? '')]).filter(([, value]) => value !== ''))
}

/** Readings without a value for pools that were read until lately and are not in the period. */
async function missedPools(source: ViewSource, { readings }: Readings, settledUntilMs: number, deps: SignalDeps): Promise<Reading[]> {
  const overMs = durationMs(source.over)
  const before = { ...source, over: `${Math.max(MISSED_AFTER_MS, overMs)}ms` }
  const [earlier] = await readViewAt(before, { firstMs: settledUntilMs - overMs, stepMs: MINUTE, count: 1 }, deps)
  const present = new Set(readings.map(({ labels }) => JSON.stringify(labels)))
  return (earlier?.readings ?? [])
    .filter(({ labels }) => !present.has(JSON.stringify(labels)))
    .map(({ labels }) => ({ labels, value: null, sample: 0, facts: { over_ms: overMs } satisfies Facts }))
}
