import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { readSettledUntil } from '../../answers/settled-until.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { DAY, type Now, SECOND } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import type { Logger } from '../../platform/log.ts'
import { problems } from '../http/openapi.ts'
import { timeText } from '../http/period.ts'
import { limitedClickHouse, type ReadLimits } from '../http/read-limits.ts'
import { type HolderOf, type Reader, type ReaderOf, scopeOf } from '../http/readers.ts'
import { buildListeners } from './listeners.ts'

/** What the stream is told and needs. `everyMs`: how often settled windows are looked for while somebody listens. */
export interface StreamDeps {
  clickhouse: ClickHouse
  now: Now
  limits: ReadLimits
  readerOf: ReaderOf
  holderOf: HolderOf
  logger: Logger
  everyMs?: number
}

/** The endpoint, for the index. */
export const streamEndpoint = { path: '/v1/stream', summary: 'Tells when further minutes are settled, as server-sent events' } as const

const EVERY_MS = 3 * SECOND
/** A window that settles again after more than a day moves nothing that a stream tells. */
const LOOKED_BACK_MS = DAY
const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Proxies that gather answers before they pass them on would pass on nothing.
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
}

/**
 * Adds the stream. An event says up to when the reader's figures are settled, and no figure: whoever listens asks for those as ever. A
 * tenant is told of minutes in which it had traffic itself. Streams end when their token does, and when the API stops.
 */
export function registerStream(app: FastifyInstance, deps: StreamDeps): void {
  const clickhouse = limitedClickHouse(deps)
  const settledUntil = async (reader: Reader): Promise<string | null> => {
    const toMs = deps.now()
    const asked = { fromMs: toMs - LOOKED_BACK_MS, toMs, scope: scopeOf(reader, undefined) }
    const { untilMs } = await readSettledUntil(asked, { clickhouse })
    return untilMs === null ? null : timeText(untilMs)
  }
  const listeners = buildListeners({ everyMs: deps.everyMs ?? EVERY_MS, settledUntil, readerOf: deps.readerOf, logger: deps.logger })
  app.addHook('preClose', done => {
    listeners.endAll()
    done()
  })
  app.get(streamEndpoint.path, { schema }, (request: FastifyRequest, reply) => {
    const { authorization } = request.headers
    deps.readerOf(authorization)
    const holder = deps.holderOf(authorization) ?? ''
    if (!listeners.hasPlace(holder)) throw new AppError('API_OVERLOADED', 'as many streams as one token may have are open: close a tab')
    reply.hijack()
    reply.raw.writeHead(200, headers)
    listeners.add({ holder, authorization, response: reply.raw })
  })
}

const schema = {
  summary: streamEndpoint.summary,
  description:
    'Server-sent events: `settled` with {"settled_until": …} at once and whenever it changes; null: nothing of the last day is. ' +
    'A tenant is told of minutes in which it had traffic itself. A comment every 15 s keeps the connection; at most 12 streams of a token.',
  tags: ['stream'],
  security: [{ token: [] }],
  response: { 200: Type.String({ description: 'text/event-stream' }), ...problems },
}
