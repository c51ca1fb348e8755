import { inFinalOrder, joiningSteps } from '../../../schemas/joining/joining.ts'
import type { QueryParameters } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { MINUTE } from '../../platform/clock.ts'
import type { AnswerDeps } from '../question.ts'
import { readColumns, shownColumns } from './attempt-fields.ts'
import { filteredColumns, filtersSql } from './filters.ts'
import type { ListPrices } from './list-price.ts'
import { listRequests, type RequestRow } from './list-requests.ts'
import type { RequestsAsked, RequestsPage, RowPlace } from './requests-page.ts'

/** An attempt may start so long after its request, and whether a row is a first takes twice that before it: schemas/joining. */
const JOINED_MS = 15 * MINUTE
/** Rows looked at to fill a page, in pages. */
const ROWS_A_REQUEST = 4
/** Looks that find nothing, after which an empty page says where to go on. */
const MOST_LOOKS = 5

const candidatesSql = readQuery(import.meta.url, 'candidates')
const columns = [...new Set([...shownColumns, ...readColumns, ...filteredColumns])]
const times = ['started_at', 'ended_at', 'received_at']
const shownSql = [
  ...columns.filter(name => !times.includes(name) && name !== 'reported_cost'),
  ...times.map(name => `toUnixTimestamp64Milli(r.${name}) AS ${name}_ms`),
  ...['source', 'request_id', 'topic', 'partition', 'offset', 'line_no', 'toString(reported_cost) AS reported_cost'],
]
const rowsSql = inFinalOrder(readQuery(import.meta.url, 'request-rows'))
  .replace(
    '{joining}',
    joiningSteps({
      rows:
        "window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')} " +
        'AND request_hash IN (SELECT toUInt64(arrayJoin({hashes:Array(String)})))',
      columns: columns.join(', '),
    }),
  )
  .replace('{shown}', shownSql.join(',\n    '))

/** Requests of a page at most: their hashes go into one query. */
export const MOST_REQUESTS = 1_000

/** Finds a page of requests, each with all its attempts in order and what they cost. Rejects with the codes of the client. */
export async function findRequests(asked: RequestsAsked, deps: AnswerDeps & { prices: ListPrices }): Promise<RequestsPage> {
  let after = asked.after
  for (let look = 0; look < MOST_LOOKS; look++) {
    const page = await pageBehind(after, asked, deps)
    if (page.requests.length > 0 || page.next === undefined) return page
    after = page.next
  }
  return { requests: [], next: after }
}

interface Candidate extends RowPlace {
  readonly request_hash: string
}

async function pageBehind(
  after: RowPlace | undefined,
  asked: RequestsAsked,
  deps: AnswerDeps & { prices: ListPrices },
): Promise<RequestsPage> {
  const most = asked.limit * ROWS_A_REQUEST
  const candidates = await readCandidates(after, most, asked, deps)
  const last = candidates.at(-1)
  if (last === undefined) return { requests: [], next: undefined }
  const rows = await readRowsOf(candidates, asked, deps)
  const found = listRequests(rows, asked, await deps.prices.at(asked.priceVersion, deps.clickhouse))
  const within = found.filter(({ place }) => isBehind(place, after) && !isBehind(place, last))
  const page = within.slice(0, asked.limit)
  const more = within.length > page.length ? page.at(-1)?.place : candidates.length === most ? placeOf(last) : undefined
  return { requests: page.map(({ request }) => request), next: more }
}

async function readCandidates(after: RowPlace | undefined, most: number, asked: RequestsAsked, { clickhouse }: AnswerDeps) {
  const { fromMs, toMs, scope, filters } = asked
  const parameters: QueryParameters = {
    ...filters,
    from: Math.ceil(fromMs / 1000),
    to: Math.ceil((toMs + JOINED_MS) / 1000),
    is_all: scope.isAll,
    tenants: scope.tenants,
    after_ms: after?.at_ms ?? 0,
    after_row: after?.row ?? '0',
    most,
  }
  const rows = await clickhouse.query<Candidate>(candidatesSql.replace('{filters}', filtersSql(filters)), parameters)
  return rows.map(row => ({ ...row, at_ms: Number(row.at_ms) }))
}

/** All rows of the requests that the candidates may belong to. */
async function readRowsOf(candidates: readonly Candidate[], { filters, scope }: RequestsAsked, { clickhouse }: AnswerDeps) {
  const first = candidates[0]?.at_ms ?? 0
  const last = candidates.at(-1)?.at_ms ?? 0
  const tenants = scope.isAll ? '' : 'AND r.tenant_id IN {tenants:Array(String)}'
  const parameters: QueryParameters = {
    ...filters,
    from: Math.floor((first - 3 * JOINED_MS) / 1000),
    to: Math.ceil((last + JOINED_MS) / 1000) + 60,
    hashes: [...new Set(candidates.map(({ request_hash }) => request_hash))],
    tenants: scope.tenants,
  }
  return await clickhouse.query<RequestRow>(rowsSql.replace('{filters}', `${filtersSql(filters)} ${tenants}`), parameters)
}

const placeOf = ({ at_ms, row }: RowPlace): RowPlace => ({ at_ms, row })

function isBehind(place: RowPlace, other: RowPlace | undefined): boolean {
  if (other === undefined) return true
  return place.at_ms === other.at_ms ? BigInt(place.row) > BigInt(other.row) : place.at_ms > other.at_ms
}
