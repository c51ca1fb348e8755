import { MINUTE } from '../../platform/clock.ts'
import { isoTime } from '../settled-until.ts'
import { type ListedAttempt, type ListedRequest, shownColumns } from './attempt-fields.ts'
import { fitsPrice } from './filters.ts'
import { type ListPrice, type PricedColumns, sumOfCosts } from './list-price.ts'
import type { RequestsAsked, RowPlace } from './requests-page.ts'

/** A counted attempt as the query gives it: the columns of attempts_raw, times as ms. */
export type RequestRow = Readonly<Record<string, unknown>> & {
  readonly request_identity: string
  readonly request_started_ms: number | string
  readonly row: string
  readonly place: number | string
  readonly is_match: boolean
  readonly started_at_ms: number | string
  readonly ended_at_ms: number | string | null
}

/** Rows → requests that started in the period and fit, in the order of the places of their first fitting attempts. A pure function. */
export function listRequests(
  rows: readonly RequestRow[],
  { fromMs, toMs, counted, scope, filters }: Pick<RequestsAsked, 'fromMs' | 'toMs' | 'counted' | 'scope' | 'filters'>,
  priceOf: (attempt: PricedColumns) => ListPrice,
): { request: ListedRequest; place: RowPlace }[] {
  const byRequest = Map.groupBy(rows, row => `${row.request_identity} ${row.request_started_ms}`)
  const found = [...byRequest.values()].flatMap(attempts => {
    const startedMs = Number(attempts[0]?.request_started_ms)
    // Windows are whole minutes: a period takes those that start in it.
    const windowMs = startedMs - (startedMs % MINUTE)
    if (windowMs < fromMs || windowMs >= toMs) return []
    const final = attempts.reduce((last, row) => (Number(row.place) > Number(last.place) ? row : last))
    const request = requestOf(attempts, final, { startedMs, priceOf, filters, seesPositions: scope.seesVolumes })
    const matches = attempts.filter((_, index) => request.attempts[index]?.is_match)
    const [first] = matches.sort(byPlace)
    const isCounted = counted === 'request' ? matches.includes(final) : true
    return first !== undefined && isCounted ? [{ request, place: rowPlace(first) }] : []
  })
  return found.sort((a, b) => a.place.at_ms - b.place.at_ms || compareRows(a.place.row, b.place.row))
}

interface Shown {
  startedMs: number
  priceOf: (attempt: PricedColumns) => ListPrice
  filters: RequestsAsked['filters']
  seesPositions: boolean
}

function requestOf(rows: readonly RequestRow[], final: RequestRow, shown: Shown): ListedRequest {
  const ends = rows.map(endOf)
  const known = ends.filter(end => end !== undefined)
  const isAnswered = final['outcome'] === 'ok'
  const attempts = rows.map(row => attemptOf(row, { ...shown, isFinal: row === final, isWasted: !(isAnswered && row === final) }))
  const reported = rows.flatMap(({ attempts_reported }) => (attempts_reported == null ? [] : [Number(attempts_reported)]))
  return {
    request_id: String(final['request_id']),
    tenant_id: String(final['tenant_id']),
    started_at: isoTime(shown.startedMs),
    duration_ms: known.length < ends.length ? null : Math.max(...known) - shown.startedMs,
    outcome: String(final['outcome']),
    ...Object.fromEntries(['route', 'gateway', 'api_key_id', 'user_id', 'trace_id', 'priority'].map(name => [name, String(final[name])])),
    attempts_reported: reported.length === 0 ? null : Math.max(...reported),
    ...sumOfCosts(attempts),
    attempts,
  } as ListedRequest
}

interface ShownAttempt extends Shown {
  isFinal: boolean
  isWasted: boolean
}

function attemptOf(row: RequestRow, { priceOf, filters, seesPositions, isFinal, isWasted }: ShownAttempt): ListedAttempt {
  const position = { topic: row['topic'], partition: row['partition'], offset: Number(row['offset']), line_no: row['line_no'] }
  const shown = Object.fromEntries(shownColumns.map(name => [name, row[name]]))
  const priced = { ...priceOf({ ...row, started_at: Number(row.started_at_ms) } as unknown as PricedColumns), is_wasted: isWasted }
  return {
    ...shown,
    started_at: isoTime(Number(row.started_at_ms)),
    ended_at: isoTime(row.ended_at_ms === null ? null : Number(row.ended_at_ms)),
    ...priced,
    is_final: isFinal,
    is_match: row.is_match && fitsPrice(priced, filters),
    source: row['source'],
    dialect: row['dialect'],
    received_at: isoTime(Number(row['received_at_ms'])),
    position: seesPositions ? position : null,
  }
}

function endOf({ ended_at_ms, duration_ms, started_at_ms }: RequestRow): number | undefined {
  if (ended_at_ms !== null) return Number(ended_at_ms)
  return duration_ms == null ? undefined : Number(started_at_ms) + Number(duration_ms)
}

const rowPlace = (row: RequestRow): RowPlace => ({ at_ms: Number(row.started_at_ms), row: row.row })
const byPlace = (a: RequestRow, b: RequestRow) => Number(a.started_at_ms) - Number(b.started_at_ms) || compareRows(a.row, b.row)
const compareRows = (a: string, b: string) => (BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0)
