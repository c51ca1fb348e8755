import { readOwnDialects } from '../../schemas/dialects/custom/own-dialects.ts'
import { topics } from '../../schemas/topics.ts'
import { runApi } from '../api/api.ts'
import { runPublishing } from '../charge/publish-hours.ts'
import { readIngestConfig } from '../ingest/config.ts'
import { openTargets } from '../ingest/discovery/open-targets.ts'
import { openIngest } from '../ingest/ingest.ts'
import { importFirstTerms } from '../money/terms/first-terms.ts'
import { type ClickHouse, openClickHouse } from '../platform/clickhouse/client.ts'
import { openEmbeddedClickHouse } from '../platform/clickhouse/embedded.ts'
import { applyMigrations, readMigrations } from '../platform/clickhouse/migrations.ts'
import { announceRunning } from '../platform/clickhouse/running.ts'
import { clickHouseFolder } from '../platform/clickhouse/tool.ts'
import { delay, MINUTE, type Now } from '../platform/clock.ts'
import type { Settings } from '../platform/env.ts'
import { openConfiguredEventLog } from '../platform/event-log/open.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import { buildProgress, openHealthServer } from '../platform/health.ts'
import type { Logger } from '../platform/log.ts'
import { buildMetrics } from '../platform/metrics.ts'
import { openTokens } from '../platform/tokens.ts'
import { openPriceBookStore } from '../settle/price-book-store.ts'
import { runSettle } from '../settle/run-settle.ts'
import { runRemoval } from '../settle/superseded.ts'
import { workerConfigFrom } from '../worker/config.ts'
import { runWorker } from '../worker/consume.ts'
import { buildDecoder, buildLineAt } from '../worker/decode/decode-message.ts'

/**
 * All services in one process. Disposing stops them in the order of a line's way, so that what was accepted is written and settled first.
 */
export interface Standalone extends AsyncDisposable {
  readonly ingestUrl: string
  readonly apiUrl: string
  /** Rejects when a service cannot go on. Never resolves. */
  readonly failed: Promise<never>
}

export interface StandaloneDeps {
  logger: Logger
  now: Now
  /** Folders in which a `clickhouse` program is looked for, in the form of PATH. */
  searchPath: string
}

/** A background loop with its own stop signal. */
type Loop = (signal: AbortSignal) => Promise<void>

/**
 * Starts everything: event log, ClickHouse (the one of CLICKHOUSE_URL, else an embedded one under the data directory), schema, then the
 * services. Rejects with the first fault; what was started by then is stopped.
 */
export async function openStandalone(settings: Settings, deps: StandaloneDeps): Promise<Standalone> {
  await using started = new AsyncDisposableStack()
  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  failed.catch(() => undefined)
  const keepRunning = (loop: Loop) => started.use(openLoop(loop, fail))

  const clickhouse = await openStore(settings, deps, started)
  const eventLog = started.use(await openConfiguredEventLog(settings.log, deps))
  await eventLog.createTopics(topics)
  await applyMigrations({ migrations: readMigrations(), isReplicated: settings.clickhouse.isReplicated }, { clickhouse })
  await importFirstTerms({ termsFile: settings.files.terms }, { clickhouse, nowMs: deps.now() })
  const services = { settings, clickhouse, eventLog, ...deps }
  const apiUrl = await startApi(services, keepRunning)
  await startCharge(services, started, keepRunning)
  await startSettle(services, started, keepRunning)
  await startWorker(services, started, keepRunning)
  const ingestUrl = await startIngest(services, started)
  const running = started.move()
  return { ingestUrl, apiUrl, failed, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

interface Services extends StandaloneDeps {
  settings: Settings
  clickhouse: ClickHouse
  eventLog: EventLog
}

async function openStore(settings: Settings, deps: StandaloneDeps, started: AsyncDisposableStack): Promise<ClickHouse> {
  const { url, user, password, database } = settings.clickhouse
  if (url !== undefined) return started.use(openClickHouse({ url, username: user, password, database }))
  const directory = clickHouseFolder(settings.log.dataDir)
  const server = started.use(await openEmbeddedClickHouse({ directory, searchPath: deps.searchPath }, deps))
  started.use(announceRunning(settings.log.dataDir, { clickhouse_url: server.url, brokers: settings.log.brokers }))
  return started.use(openClickHouse({ url: server.url, database }))
}

async function startApi({ settings, clickhouse, logger, now }: Services, keepRunning: (loop: Loop) => unknown): Promise<string> {
  const { promise: port, resolve, reject } = Promise.withResolvers<number>()
  const config = { ...settings.api, tokensFile: settings.files.tokens, stalledAfterMs: settings.process.stalledAfterMs }
  keepRunning(signal =>
    runApi(config, { clickhouse, logger: logger.child({ part: 'api' }), now, signal, onListening: resolve }).catch(error => {
      reject(error)
      throw error
    }),
  )
  return `http://${settings.api.host}:${await port}`
}

async function startSettle(services: Services, started: AsyncDisposableStack, keepRunning: (loop: Loop) => unknown): Promise<void> {
  const { settings, clickhouse, eventLog, now } = services
  const logger = services.logger.child({ part: 'settle' })
  const [metrics, progress] = [buildMetrics('settle'), buildProgress(now, settings.process)]
  started.use(
    await openHealthServer(
      { host: settings.process.metricsHost, port: settings.settle.metricsPort },
      { progress, registry: metrics.registry },
    ),
  )
  const prices = await openPriceBookStore({ pricesFile: settings.files.prices }, { clickhouse })
  keepRunning(signal => runRemoval({ intervalMs: 10 * MINUTE }, { clickhouse, now, logger }, signal))
  keepRunning(signal => runSettle(settings.settle, { eventLog, clickhouse, prices, metrics, progress, logger, now }, signal))
}

async function startCharge(services: Services, started: AsyncDisposableStack, keepRunning: (loop: Loop) => unknown): Promise<void> {
  const { settings, clickhouse, eventLog, now } = services
  const logger = services.logger.child({ part: 'charge' })
  const [metrics, progress] = [buildMetrics('charge'), buildProgress(now, settings.process)]
  started.use(
    await openHealthServer(
      { host: settings.process.metricsHost, port: settings.charge.metricsPort },
      { progress, registry: metrics.registry },
    ),
  )
  keepRunning(signal => runPublishing(settings.charge, { eventLog, clickhouse, metrics, progress, logger, now }, signal))
}

async function startWorker(services: Services, started: AsyncDisposableStack, keepRunning: (loop: Loop) => unknown): Promise<void> {
  const { settings, clickhouse, eventLog, now } = services
  const logger = services.logger.child({ part: 'worker' })
  const [metrics, progress] = [buildMetrics('worker'), buildProgress(now, settings.process)]
  started.use(
    await openHealthServer(
      { host: settings.process.metricsHost, port: settings.worker.metricsPort },
      { progress, registry: metrics.registry },
    ),
  )
  const ownDialects = await readOwnDialects(settings.files.dialects)
  const message = { logEpoch: eventLog.epoch, maxLineBytes: settings.ingest.maxLineBytes, ownDialects }
  const [decode, lineAt] = [buildDecoder(message), buildLineAt(message)]
  keepRunning(signal =>
    runWorker(workerConfigFrom(settings.worker), { eventLog, clickhouse, decode, lineAt, progress, metrics, logger, now }, signal),
  )
}

async function startIngest(services: Services, started: AsyncDisposableStack): Promise<string> {
  const { settings, eventLog, now } = services
  const logger = services.logger.child({ part: 'ingest' })
  const [metrics, progress] = [buildMetrics('ingest', { withProcess: true }), buildProgress(now, settings.process)]
  const tokens = settings.files.tokens === undefined ? undefined : started.use(await openTokens(settings.files.tokens, { logger }))
  const targets = settings.files.targets === undefined ? undefined : started.use(await openTargets(settings.files.targets, { logger }))
  const config = { ...readIngestConfig(settings), host: settings.ingest.host, port: settings.ingest.port }
  const ingest = started.use(await openIngest(config, { eventLog, tokens, targets, metrics, progress, logger, now, delay }))
  return ingest.address
}

/** Starts a loop; disposing stops it and waits until it has finished what it was at. A loop that rejects by itself fails the process. */
function openLoop(loop: Loop, fail: (reason: unknown) => void): AsyncDisposable {
  const stop = new AbortController()
  const done = loop(stop.signal).catch(fail)
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }
}
