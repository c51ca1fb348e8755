import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { ListedRequest } from '../../answers/requests/attempt-fields.ts'
import { pricedFilters, requestFilters } from '../../answers/requests/filters.ts'
import { findRequests, MOST_REQUESTS } from '../../answers/requests/find-requests.ts'
import { buildListPrices, type ListPrices } from '../../answers/requests/list-price.ts'
import { requestsCsv } from '../../answers/requests/requests-csv.ts'
import type { RequestsAsked, RowPlace } from '../../answers/requests/requests-page.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { Now } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { cursorText } from '../http/cursor.ts'
import { about, filterParameter, limitParameter, periodParameters, problems } from '../http/openapi.ts'
import { type Askable, parseQuestion, type Question, type RawParameters } from '../http/parameters.ts'
import { timeText } from '../http/period.ts'
import { limitedClickHouse, type ReadLimits } from '../http/read-limits.ts'
import { type Reader, type ReaderOf, scopeOf } from '../http/readers.ts'

/** What requests are listed with. */
export interface RequestsDeps {
  clickhouse: ClickHouse
  now: Now
  limits: ReadLimits
}

/** The endpoint, for the index. */
export const requestsEndpoint = {
  path: '/v1/requests',
  summary: 'The requests behind a figure, with their attempts, prices and reasons',
} as const

const COUNTED = ['attempt', 'request'] as const
/** Requests of a page unless told, and at most: each has all its attempts. */
const PAGE = { default: 100, most: MOST_REQUESTS } as const
const askable: Askable = {
  path: requestsEndpoint.path,
  filters: ['tenant_id', 'counted', 'price_book', ...Object.keys(requestFilters), ...pricedFilters],
  defaultLimit: PAGE.default,
  maxLimit: PAGE.most,
  cursorKeys: 2,
  formats: ['json', 'csv'],
}

const Answer = Type.Object({
  from: Type.String({ format: 'date-time', description: 'start of the period' }),
  to: Type.String({ format: 'date-time', description: 'its end' }),
  requests: Type.Array(ListedRequest, { description: 'in the order of their first fitting attempts' }),
  next_cursor: Type.Union([Type.String(), Type.Null()], { description: 'null: this is the last page' }),
})

/** Adds the endpoint. */
export function registerRequests(app: FastifyInstance, deps: RequestsDeps & { readerOf: ReaderOf }): void {
  const prices = buildListPrices()
  app.get(requestsEndpoint.path, { schema }, async (request: FastifyRequest, reply) => {
    const raw = request.query as RawParameters
    const question = parseQuestion(raw, askable, deps.now)
    const { answer, next } = await answerRequests(question, deps.readerOf(request.headers.authorization), { ...deps, prices })
    if (question.format === 'json') return answer
    if (next !== null) reply.header('weir-next-cursor', next)
    reply.header('content-disposition', 'attachment; filename="requests.csv"')
    return reply.type('text/csv; charset=utf-8').send(requestsCsv(answer.requests))
  })
}

async function answerRequests(question: Question, reader: Reader, deps: RequestsDeps & { prices: ListPrices }) {
  const { tenant_id, counted, price_book, ...filters } = question.filters
  const asked: RequestsAsked = {
    ...question.period,
    scope: scopeOf(reader, tenant_id),
    filters,
    counted: countedOf(counted),
    priceVersion: versionOf(price_book),
    limit: question.limit,
    after: placeOf(question.after),
  }
  const { requests, next } = await findRequests(asked, { clickhouse: limitedClickHouse(deps), prices: deps.prices })
  const { fingerprint, period } = question
  const cursor = next && cursorText({ query: fingerprint, from: period.fromMs, to: period.toMs, after: [String(next.at_ms), next.row] })
  const answer = { from: timeText(period.fromMs), to: timeText(period.toMs), requests, next_cursor: cursor ?? null }
  return { answer: answer as unknown as Static<typeof Answer> & { requests: typeof requests }, next: cursor ?? null }
}

function countedOf(values: readonly string[] | undefined): RequestsAsked['counted'] {
  const found = COUNTED.find(one => one === (values?.[0] ?? 'attempt'))
  if (found === undefined || (values?.length ?? 0) > 1) {
    throw new AppError('API_REQUEST_INVALID', `counted is ${JSON.stringify(values)}, expected ${COUNTED.join(' or ')}`)
  }
  return found
}

function versionOf(values: readonly string[] | undefined): number | undefined {
  if (values === undefined) return undefined
  const [text = ''] = values
  if (values.length === 1 && /^\d{1,9}$/.test(text)) return Number(text)
  throw new AppError('API_REQUEST_INVALID', `price_book is ${JSON.stringify(values)}, expected the version of a price book, such as 3`)
}

/** Where the page before ended. Throws API_REQUEST_INVALID for a cursor that nobody gave out. */
function placeOf(after: readonly string[] | undefined): RowPlace | undefined {
  if (after === undefined) return undefined
  const [at = '', row = ''] = after
  if (!/^\d{1,15}$/.test(at) || !/^\d{1,20}$/.test(row) || BigInt(row) >= 2n ** 64n) {
    throw new AppError('API_REQUEST_INVALID', 'cursor is none that was given out, expected the next_cursor of the page before')
  }
  return { at_ms: Number(at), row }
}

const schema = {
  ...about({
    summary: requestsEndpoint.summary,
    description:
      'Requests with an attempt that fits all filters, by the same names as in figures. counted=attempt (the default) lists what figures ' +
      'of attempts, tokens and cost count: the fitting attempts are marked is_match. counted=request lists what figures of requests ' +
      'count: those whose final attempt fits. Rows that repeat others are left out, as settling leaves them out. Labels that were too ' +
      "many stand under 'overflow' in figures and under their own names here.",
  }),
  querystring: Type.Object({
    ...periodParameters,
    format: Type.Optional(
      Type.Union([Type.Literal('json'), Type.Literal('csv')], { default: 'json', description: 'csv: a row per attempt' }),
    ),
    counted: Type.Optional(
      Type.Union([Type.Literal('attempt'), Type.Literal('request')], { default: 'attempt', description: 'see above' }),
    ),
    limit: limitParameter(PAGE.most, PAGE.default, 'requests of a page'),
    cursor: Type.Optional(Type.String({ description: 'next_cursor of the page before (of CSV: the header weir-next-cursor)' })),
    tenant_id: filterParameter('tenant_id'),
    price_book: Type.Optional(Type.Integer({ minimum: 0, description: 'version of the price book to price with; default: the newest' })),
    ...Object.fromEntries([...Object.keys(requestFilters), ...pricedFilters].map(name => [name, filterParameter(name)])),
  }),
  response: { 200: Answer, ...problems },
}
