import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../platform/errors.ts'
import { problemFrom, problemHeaders } from '../../platform/problems.ts'
import type { Lease } from '../byte-budget.ts'
import { type IngestConfig, MAX_WRITE_BYTES } from '../config.ts'
import { EXPOSITION_TOPIC } from '../exposition.ts'
import { readQuery } from '../query.ts'
import type { RequestDeps } from '../request-deps.ts'
import { admitSender, takeBody } from '../take-body.ts'
import type { SamplesRead } from './read-samples.ts'
import type { WriteVersion } from './read-write.ts'
import { uncompressed } from './snappy-body.ts'

/** The path that Prometheus itself has for it. */
export const WRITE_PATH = '/api/v1/write'

const PROTO_OF_VERSION: Readonly<Record<string, WriteVersion>> = {
  'prometheus.WriteRequest': '1.0',
  'io.prometheus.write.v2.Request': '2.0',
}

/**
 * POST /api/v1/write: Prometheus remote write 1.0 and 2.0. Answers 204 after the event log has every value on disk that an
 * engine's, gateway's or GPU's table names; others are taken and left out, for Prometheus sends whatever it has. Values may
 * come in any order of time. 400 names what could not be taken, after the rest was; 429 and 503 ask to send again. The answer
 * carries the counts that 2.0 demands.
 */
export function routeRemoteWrite(app: FastifyInstance, config: IngestConfig, deps: RequestDeps): void {
  app.post(WRITE_PATH, async (request, reply) => {
    const sender = admitSender(request, deps)
    const { source } = readQuery(request.query, ['source'])
    const version = versionOf(request)
    const maxInflatedBytes = Math.min(config.maxInflatedBytes, MAX_WRITE_BYTES)
    const uncompress = (sent: Buffer, lease: Lease) => uncompressed(sent, maxInflatedBytes, lease)
    const limits = { maxBodyBytes: config.maxBodyBytes, maxInflatedBytes, uncompress }
    return await takeBody(request, sender, limits, deps, async ({ body, publish }) => {
      const write = { body, version, source: sender.source ?? source, pools: sender.pools, nowMs: deps.now() }
      const samples = await deps.reader.write(sender.name, write, `remote write request ${version}`)
      if (samples.records.length > 0) await publish(EXPOSITION_TOPIC, samples.records)
      count(samples, deps)
      return await answer(reply, samples)
    })
  })
}

function versionOf(request: FastifyRequest): WriteVersion {
  const { 'content-type': contentType = '', 'content-encoding': encoding = '' } = request.headers
  // Senders of version 1.0 that say nothing mean snappy: Prometheus itself takes them.
  if (encoding !== '' && encoding.toLowerCase() !== 'snappy')
    throw new AppError(
      'INGEST_ENCODING_UNSUPPORTED',
      `Content-Encoding "${encoding.slice(0, 100)}" is not supported: remote write uses snappy`,
    )
  const [mediaType = '', ...parameters] = contentType.split(';').map(part => part.trim())
  const proto = parameters
    .find(parameter => parameter.startsWith('proto='))
    ?.slice('proto='.length)
    .replaceAll('"', '')
  const version = PROTO_OF_VERSION[proto ?? 'prometheus.WriteRequest']
  if (mediaType.toLowerCase() === 'application/x-protobuf' && version !== undefined) return version
  throw new AppError(
    'INGEST_MEDIA_TYPE_UNSUPPORTED',
    `Content-Type "${contentType.slice(0, 100)}" is not supported: use application/x-protobuf, with ` +
      `proto=io.prometheus.write.v2.Request for version 2.0`,
  )
}

/** The counts tell what was taken, gaps and what no table names included: a sender that reads fewer than it sent reports a loss. */
async function answer(reply: FastifyReply, read: SamplesRead): Promise<FastifyReply> {
  const { samples, histograms, rejectedSamples, rejectedHistograms, fault } = read
  reply.headers({
    'x-prometheus-remote-write-samples-written': String(samples - rejectedSamples),
    'x-prometheus-remote-write-histograms-written': String(histograms - rejectedHistograms),
    'x-prometheus-remote-write-exemplars-written': '0',
  })
  const rejected = rejectedSamples + rejectedHistograms
  if (rejected === 0) return reply.code(204).send()
  const error = new AppError('INGEST_LINES_REJECTED', `${rejected} sample(s) were not taken, the others were: ${fault}`)
  const problem = problemFrom(error, WRITE_PATH, { rejected_count: rejected })
  return reply.code(problem.status).headers(problemHeaders(problem)).send(JSON.stringify(problem))
}

function count({ accepted, notRead, records, gaps, rejectedSamples, rejectedHistograms }: SamplesRead, { metrics }: RequestDeps): void {
  metrics.ingest_samples_total.inc({ outcome: 'accepted' }, accepted)
  metrics.ingest_samples_total.inc({ outcome: 'not_read' }, notRead)
  metrics.ingest_samples_total.inc({ outcome: 'rejected' }, rejectedSamples + rejectedHistograms)
  metrics.ingest_samples_total.inc({ outcome: 'gap' }, gaps)
  const sizeBytes = records.reduce((sum, { value }) => sum + value.byteLength, 0)
  metrics.ingest_bytes_total.inc({}, sizeBytes)
}
