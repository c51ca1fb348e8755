import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type, { type TSchema } from 'typebox'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { DAY, type Now, SECOND } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { about, filterParameter, limitParameter, periodParameters, problems } from '../http/openapi.ts'
import { type Askable, parseQuestion, type Question, type RawParameters } from '../http/parameters.ts'
import { secondsUp, timeText } from '../http/period.ts'
import { limitedClickHouse, type ReadLimits } from '../http/read-limits.ts'
import { type Reader, type ReaderOf, scopeOf } from '../http/readers.ts'
import { Alert, AlertDelivery, AlertHistory, SilenceRow } from './alert-schemas.ts'

/** What alerts are read with. */
export interface AlertReadDeps {
  clickhouse: ClickHouse
  now: Now
  limits: ReadLimits
  readerOf: ReaderOf
}

const LIVE_STATES = ['pending', 'firing', 'recovering', 'no_data'] as const
const STATES = [...LIVE_STATES, 'resolved'] as const
const MOST_ROWS = 1_000
const alertsSql = readQuery(import.meta.url, 'alerts')
const historySql = readQuery(import.meta.url, 'history')
const deliveriesSql = readQuery(import.meta.url, 'deliveries')
const silencesSql = readQuery(import.meta.url, 'silences')

/** The endpoints, for the index. */
export const alertReadEndpoints = [
  { path: '/v1/alerts', summary: 'Alerts as they stand' },
  { path: '/v1/alerts/history', summary: 'How alerts changed' },
  { path: '/v1/alerts/deliveries', summary: 'What was sent to whom, when, with what answer' },
  { path: '/v1/silences', summary: 'Silences of alerts that are not over' },
] as const

const askableOf = (path: string, filters: readonly string[]): Askable => {
  return { path, filters: ['tenant_id', ...filters], defaultLimit: 100, maxLimit: MOST_ROWS, defaultPeriodMs: DAY }
}
const listed = (name: string, row: TSchema) => ({ 200: Type.Object({ [name]: Type.Array(row, { description: 'rows' }) }), ...problems })
const querystring = (filters: readonly string[], hasPeriod: boolean) =>
  Type.Object({
    ...(hasPeriod ? periodParameters : {}),
    limit: limitParameter(MOST_ROWS, 100, 'rows at most'),
    tenant_id: filterParameter('tenant_id'),
    ...Object.fromEntries(filters.map(name => [name, filterParameter(name)])),
  })

type Row = Record<string, unknown>

/** Adds what reads. A tenant's token sees alerts about its tenants whose rules are owned by tenants: others may name their neighbours. */
export function registerAlertReads(app: FastifyInstance, deps: AlertReadDeps): void {
  const clickhouse = limitedClickHouse(deps)
  const [now, history, deliveries, silences] = alertReadEndpoints
  const ask = (request: FastifyRequest, path: string, filters: readonly string[]) => {
    const question = parseQuestion(request.query as RawParameters, askableOf(path, filters), deps.now)
    return { question, parameters: parametersOf(question, deps.readerOf(request.headers.authorization)) }
  }

  app.get(now.path, { schema: schemaOf(now.summary, ALERTS, ['state', 'fingerprint'], listed('alerts', Alert)) }, async request => {
    const { question, parameters } = ask(request, now.path, ['state', 'fingerprint'])
    const rows = await clickhouse.query<Row>(alertsSql, { ...parameters, states: statesOf(question) })
    return { alerts: rows.map(row => withTimes(row, ['changed', 'since', 'fired', 'until'])) }
  })
  app.get(
    history.path,
    { schema: schemaOf(history.summary, HISTORY, ['fingerprint'], listed('changes', AlertHistory), true) },
    async request => {
      const { parameters } = ask(request, history.path, ['fingerprint'])
      const rows = await clickhouse.query<Row>(historySql, parameters)
      return { changes: rows.map(row => withTimes(row, ['changed', 'since'])) }
    },
  )
  app.get(
    deliveries.path,
    { schema: schemaOf(deliveries.summary, DELIVERIES, [], listed('deliveries', AlertDelivery), true) },
    async request => {
      const { parameters } = ask(request, deliveries.path, [])
      const rows = await clickhouse.query<Row>(deliveriesSql, parameters)
      return { deliveries: rows.map(row => withTimes(row, ['decided', 'updated'])) }
    },
  )
  app.get(silences.path, { schema: schemaOf(silences.summary, SILENCES, [], listed('silences', SilenceRow)) }, async request => {
    const { question } = ask(request, silences.path, [])
    const reader = deps.readerOf(request.headers.authorization)
    const rows = await clickhouse.query<Row & { matchers: Record<string, string> }>(silencesSql, { now: secondsUp(deps.now()) })
    const own = rows.filter(({ matchers }) => reader.role === 'operator' || reader.tenants.includes(matchers['tenant_id'] ?? ''))
    return { silences: own.slice(0, question.limit).map(row => withTimes(row, ['from', 'until'])) }
  })
}

function parametersOf(question: Question, reader: Reader) {
  const { period, filters, limit } = question
  const { isAll, tenants, seesVolumes } = scopeOf(reader, filters['tenant_id'])
  const [fingerprint = ''] = filters['fingerprint'] ?? []
  const range = { from: secondsUp(period.fromMs), to: secondsUp(period.toMs + SECOND) }
  return { ...range, is_all: isAll, tenants, sees_all_owners: seesVolumes, fingerprint, limit }
}

function statesOf({ filters }: Question): readonly string[] {
  const asked = filters['state'] ?? LIVE_STATES
  const wrong = asked.filter(state => !STATES.some(one => one === state))
  if (wrong.length === 0) return asked
  throw new AppError('API_REQUEST_INVALID', `state is ${wrong.map(one => JSON.stringify(one)).join(', ')}, expected ${STATES.join(', ')}`)
}

/** Milliseconds under `<name>_ms` become times under the names that answers have. */
function withTimes(row: Row, names: readonly string[]): Row {
  const rest = { ...row }
  for (const name of names) {
    const atMs = rest[`${name}_ms`]
    delete rest[`${name}_ms`]
    const isMoment = name === 'changed' || name === 'decided' || name === 'updated'
    rest[isMoment ? `${name}_at` : name] = atMs === null ? null : timeText(Number(atMs))
  }
  return rest
}

function schemaOf(summary: string, description: string, filters: readonly string[], response: object, hasPeriod = false) {
  return { ...about({ summary, description }), tags: ['alerts'], querystring: querystring(filters, hasPeriod), response }
}

const ALERTS = `The latest state of each alert; ${LIVE_STATES.join(', ')} unless state asks for others.`
const HISTORY = 'Changes of the last day unless a period is asked for, the latest first.'
const DELIVERIES = 'Messages that were decided in the last day unless a period is asked for. A message stands once for each receiver.'
const SILENCES = 'A tenant sees those that name it.'
