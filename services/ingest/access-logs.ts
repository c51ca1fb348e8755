import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ACCESS_LOG_TOPIC } from '../../schemas/topics.ts'
import { AppError } from '../platform/errors.ts'
import { problemFrom, problemHeaders } from '../platform/problems.ts'
import { type CheckedLines, checkLines } from './check-lines.ts'
import type { IngestConfig } from './config.ts'
import { buildMessages } from './publish.ts'
import { mediaTypeOf, readQuery } from './query.ts'
import type { RequestDeps } from './request-deps.ts'
import { type Sender, senderHeaders } from './senders.ts'
import { admitSender, takeBody } from './take-body.ts'

const PATH = '/v1/access-logs'
const mediaTypes = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/json', 'text/plain'])

/**
 * POST /v1/access-logs: newline-delimited objects, an array or one object. Answers 202 only after the event log has every accepted line on
 * disk, with `{accepted, rejected: [{line, code, message}], rejected_count}`; 400 with the same members when no line could be accepted.
 */
export function routeAccessLogs(app: FastifyInstance, config: IngestConfig, deps: RequestDeps): void {
  app.post(PATH, async (request, reply) => {
    const sender = admitSender(request, deps)
    const query = readQuery(request.query, ['dialect', 'source'])
    refuseMediaType(request)
    return await takeBody(request, sender, config, deps, async ({ body, publish }) => {
      if (body.length === 0) throw new AppError('INGEST_BODY_INVALID', 'the body is empty')
      const gathered = buildMessages()
      const checked = await checkLines(body, config, line => gathered.add(line))
      const records = gathered.messages().map(value => ({ value, headers: headersOf(sender, query) }))
      if (records.length > 0) await publish(ACCESS_LOG_TOPIC, records)
      deps.metrics.ingest_lines_total.inc({ outcome: 'accepted' }, checked.accepted)
      deps.metrics.ingest_lines_total.inc({ outcome: 'rejected' }, checked.rejectedCount)
      deps.metrics.ingest_bytes_total.inc({}, gathered.lineBytes)
      return await answer(reply, checked)
    })
  })
}

function refuseMediaType(request: FastifyRequest): void {
  const mediaType = mediaTypeOf(request.headers['content-type'])
  if (mediaType === undefined || mediaTypes.has(mediaType)) return
  throw new AppError(
    'INGEST_MEDIA_TYPE_UNSUPPORTED',
    `Content-Type "${mediaType.slice(0, 100)}" is not supported: use application/x-ndjson, application/json or text/plain`,
  )
}

function headersOf(sender: Sender, query: { dialect: string | undefined; source: string | undefined }): Record<string, string> {
  return {
    ...senderHeaders(sender, query.source),
    'content-type': 'application/x-ndjson',
    ...(query.dialect !== undefined && { dialect: query.dialect }),
  }
}

async function answer(reply: FastifyReply, checked: CheckedLines): Promise<FastifyReply> {
  const members = { accepted: checked.accepted, rejected: checked.rejected, rejected_count: checked.rejectedCount }
  if (checked.accepted > 0 || checked.rejectedCount === 0) return reply.code(202).send(members)
  const error = new AppError(
    'INGEST_LINES_REJECTED',
    `none of ${checked.rejectedCount} line(s) could be accepted; the first: ${checked.rejected[0]?.message}`,
  )
  const problem = problemFrom(error, PATH, members)
  return reply.code(problem.status).headers(problemHeaders(problem)).send(JSON.stringify(problem))
}
