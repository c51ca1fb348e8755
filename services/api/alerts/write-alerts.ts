import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type, { type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { tellAlerts } from '../../../schemas/alert-commands.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { DAY, type Now } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import type { EventLog } from '../../platform/event-log/port.ts'
import { about, problems } from '../http/openapi.ts'
import { parseTime, timeText } from '../http/period.ts'
import type { Reader, ReaderOf } from '../http/readers.ts'
import { AcknowledgementAsked, SilenceAsked, TestAsked } from './alert-schemas.ts'

/** What telling alerting needs. */
export interface AlertWriteDeps {
  clickhouse: Pick<ClickHouse, 'query'>
  openEventLog: () => Promise<Pick<EventLog, 'append' | 'offsets'>>
  now: Now
  readerOf: ReaderOf
}

/** Longest silence. */
const MOST_SILENCE_MS = 90 * DAY
const groupTenantsSql = readQuery(import.meta.url, 'group-tenants')

/** The endpoints, for the index. */
export const alertWriteEndpoints = [
  { path: '/v1/silences', summary: 'Silences alerts for a while' },
  { path: '/v1/silences/:id', summary: 'Ends a silence' },
  { path: '/v1/alerts/acknowledge', summary: 'Takes a group of alerts on' },
  { path: '/v1/alerts/test', summary: 'Sends a marked test to a receiver' },
  { path: '/v1/alerts/receivers/:name/enable', summary: 'Tells a receiver again that had answered 410' },
] as const

const Done = Type.Object({ id: Type.String({ description: 'what was made, changed or asked for' }) })

/** Adds what tells alerting something. What is answered 202 is in the log, and holds within a second. */
export function registerAlertWrites(app: FastifyInstance, deps: AlertWriteDeps): void {
  const [silence, end, acknowledge, test, enable] = alertWriteEndpoints
  const tell = async (command: Parameters<typeof tellAlerts>[0]) => tellAlerts(command, await deps.openEventLog())
  const accepted = (reply: FastifyReply, id: string) => reply.code(202).send({ id })

  app.post(silence.path, { schema: schemaOf(silence.summary, SILENCE, SilenceAsked) }, async (request, reply) => {
    const reader = deps.readerOf(request.headers.authorization)
    const asked = bodyOf(request, SilenceAsked)
    const id = randomUUID()
    const times = silenceTimes(asked, deps.now())
    const value = { id, matchers: ownMatchers(asked.matchers, reader), ...times, author: asked.author, comment: asked.comment }
    await tell({ kind: 'silence', id, value })
    return accepted(reply, id)
  })
  app.delete(end.path, { schema: schemaOf(end.summary, END) }, async (request, reply) => {
    operatorsOnly(deps.readerOf(request.headers.authorization), 'end silences')
    const id = nameOf(request, 'id')
    await tell({ kind: 'silence', id, value: undefined })
    return accepted(reply, id)
  })
  app.post(acknowledge.path, { schema: schemaOf(acknowledge.summary, ACKNOWLEDGE, AcknowledgementAsked) }, async (request, reply) => {
    const reader = deps.readerOf(request.headers.authorization)
    const asked = bodyOf(request, AcknowledgementAsked)
    await checkGroup(asked.group_key, reader, deps)
    await tell({ kind: 'ack', id: asked.group_key, value: { ...asked, at_ms: deps.now() } })
    return accepted(reply, asked.group_key)
  })
  app.post(test.path, { schema: schemaOf(test.summary, TEST, TestAsked) }, async (request, reply) => {
    operatorsOnly(deps.readerOf(request.headers.authorization), 'try receivers')
    const [asked, id] = [bodyOf(request, TestAsked), randomUUID()]
    await tell({ kind: 'test', id, value: { ...asked, at_ms: deps.now() } })
    return accepted(reply, `test-${id}`)
  })
  app.post(enable.path, { schema: schemaOf(enable.summary, ENABLE) }, async (request, reply) => {
    operatorsOnly(deps.readerOf(request.headers.authorization), 'enable receivers')
    const name = nameOf(request, 'name')
    await tell({ kind: 'receiver', id: name, value: undefined })
    return accepted(reply, name)
  })
}

/** The times of a silence, ms. Throws API_REQUEST_INVALID. */
function silenceTimes({ from, until }: Static<typeof SilenceAsked>, nowMs: number): { from_ms: number; until_ms: number } {
  const [fromMs, untilMs] = [from === undefined ? nowMs : parseTime(from), parseTime(until)]
  if (fromMs === undefined || untilMs === undefined || untilMs <= Math.max(fromMs, nowMs) || untilMs > nowMs + MOST_SILENCE_MS) {
    throw new AppError(
      'API_REQUEST_INVALID',
      `until is ${JSON.stringify(until)}, expected an ISO 8601 time after from and now, before ${timeText(nowMs + MOST_SILENCE_MS)}`,
    )
  }
  return { from_ms: fromMs, until_ms: untilMs }
}

/** A tenant silences what is about itself alone. */
function ownMatchers(matchers: Readonly<Record<string, string>>, reader: Reader): Record<string, string> {
  if (reader.role === 'operator') return { ...matchers }
  const tenant = matchers['tenant_id'] ?? (reader.tenants.length === 1 ? reader.tenants[0] : undefined)
  if (tenant === undefined || !reader.tenants.includes(tenant))
    throw new AppError('API_FORBIDDEN', 'this token silences alerts of its own tenants: name one of them as tenant_id')
  return { ...matchers, tenant_id: tenant, owner: 'tenant' }
}

/** Throws API_FORBIDDEN unless all that the group told of is the reader's; whether there is such a group is not told. */
async function checkGroup(groupKey: string, reader: Reader, { clickhouse }: AlertWriteDeps): Promise<void> {
  if (reader.role === 'operator') return
  const [row] = await clickhouse.query<{ is_own: number }>(groupTenantsSql, { group_key: groupKey, tenants: reader.tenants })
  if (row?.is_own !== 1) throw new AppError('API_FORBIDDEN', 'this token may not acknowledge that group of alerts')
}

function operatorsOnly(reader: Reader, what: string): void {
  if (reader.role !== 'operator') throw new AppError('API_FORBIDDEN', `only operators ${what}`)
}

function bodyOf<S extends TSchema>(request: FastifyRequest, schema: S): Static<S> {
  const { body } = request
  if (Value.Check(schema, body)) return body
  const faults = [...Value.Errors(schema, body)].slice(0, 5).map(({ instancePath, message }) => `${instancePath || 'the body'} ${message}`)
  throw new AppError('API_REQUEST_INVALID', `${faults.join('; ') || 'the body is not JSON'} (/openapi.json describes it)`)
}

function nameOf(request: FastifyRequest, parameter: string): string {
  const value = (request.params as Record<string, string>)[parameter] ?? ''
  if (/^[A-Za-z0-9_-]{1,64}$/.test(value)) return value
  throw new AppError('API_REQUEST_INVALID', `${parameter} is ${JSON.stringify(value)}, expected letters, digits, _ and -`)
}

function schemaOf(summary: string, description: string, body?: TSchema) {
  return { ...about({ summary, description }), tags: ['alerts'], ...(body && { body }), response: { 202: Done, ...problems } }
}

const SILENCE =
  'Alerts whose labels match are neither told of nor repeated meanwhile; they are judged all the same. A tenant silences its own.'
const END = 'Operators only. What still fires is told of again.'
const ACKNOWLEDGE = 'No repeats until it ends or grows louder.'
const TEST =
  'Operators only. The message says in all its words that it is a test; GET /v1/alerts/deliveries tells what the receiver answered.'
const ENABLE = 'Operators only. A receiver that answers 410 is told of nothing more until then.'
