import { readOwnDialects } from '../../schemas/dialects/custom/own-dialects.ts'
import { readTenants } from '../../schemas/dialects/custom/tenants-file.ts'
import { readUpstreams } from '../../schemas/dialects/custom/upstreams-file.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import type { Settings } from '../platform/env.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import { openProcessPage } from '../platform/process-page.ts'
import type { FileChecks, ProcessDeps } from '../platform/service.ts'
import { workerConfigFrom } from './config.ts'
import { consumeLines } from './consume.ts'
import { buildDecoder, buildLineAt, buildLineCount } from './decode/decode-message.ts'
import { buildDecoderInTurns } from './decode-in-turns.ts'

/** The settings that the worker reads. */
export type WorkerSettings = Pick<Settings, 'worker' | 'ingest' | 'files' | 'process'>

/** Formats and names of upstreams of the operator's own. */
export const workerFiles: FileChecks = ({ files }) => [
  ...(files.dialects ?? []).map(file => readOwnDialects([file])),
  ...(files.upstreams === undefined ? [] : [readUpstreams(files.upstreams)]),
  readTenants(files.tenants, files.defaultTenant),
]

/** Reads the event log and writes the raw tables until `signal` aborts (consumeLines says how), with a health page beside it. */
export async function runWorker(
  settings: WorkerSettings,
  deps: ProcessDeps & { eventLog: EventLog; clickhouse: ClickHouse },
  signal: AbortSignal,
): Promise<void> {
  await using page = await openProcessPage('worker', { process: settings.process, port: settings.worker.metricsPort }, deps)
  const { metrics, progress, onReading } = page
  const ownDialects = await readOwnDialects(settings.files.dialects)
  const { upstreams, targets } = settings.files
  const nameUpstream = (upstreams ?? targets) === undefined ? undefined : await readUpstreams(upstreams, targets)
  const nameTenant = await readTenants(settings.files.tenants, settings.files.defaultTenant)
  const message = { logEpoch: deps.eventLog.epoch, maxLineBytes: settings.ingest.maxLineBytes, ownDialects, nameUpstream, nameTenant }
  const decoding = {
    decode: buildDecoder(message),
    decodeInTurns: buildDecoderInTurns(message),
    lineAt: buildLineAt(message),
    lineCount: buildLineCount(message),
  }
  const reading = { ...deps, ...decoding, progress, metrics, onReading }
  await consumeLines(workerConfigFrom(settings.worker), reading, signal)
}
