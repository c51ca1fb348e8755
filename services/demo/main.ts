import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { DEMO_FOLDER } from '../platform/clickhouse/tool.ts'
import { delay, MINUTE, SECOND, systemNow } from '../platform/clock.ts'
import { readSettings, type Settings, searchPath } from '../platform/env.ts'
import { messageOf } from '../platform/errors.ts'
import { openLocalKafka } from '../platform/event-log/local-kafka.ts'
import { buildLogger } from '../platform/log.ts'
import { openStandalone } from '../standalone/compose.ts'
import { buildFeed } from './feed.ts'
import { readFigures } from './figures.ts'
import { type Situation, screenLines } from './screen.ts'
import { defaultPlatform } from './simulation/default-platform.ts'
import { type PhaseStarted, providerOutage } from './simulation/incident.ts'
import { scalePlatform } from './simulation/platform-model.ts'
import { openSimulation } from './simulation/run.ts'

const USAGE = `Usage: npm run demo -- [options]

Weir on one machine, fed by a simulated platform: four gateways, two GPU pools, two providers, eight tenants. The last 30 minutes are filled in first;
after two minutes a provider fails, its traffic falls back to a pool, the pool saturates, retries storm, and everything recovers.

  --kafka        through a real Kafka (Java and Maven needed) instead of the embedded log
  --seed N       another course of events (default 1); the same seed gives the same
  --scale N      that many times the traffic (default 1)
  --seconds N    stop by itself after N seconds of live traffic
  --help         this text

Everything it stores is in data/demo and is started afresh each time. Look at it again later with WEIR_DATA_DIR=data/demo npm start
`

/** What the tenants of the simulated platform have agreed on. */
const TERMS_FILE = fileURLToPath(new URL('./simulation/terms.yaml', import.meta.url))
const BACKFILL_MS = 30 * MINUTE
const INCIDENT_AFTER_MS = 2 * MINUTE
const TICK_MS = 500
const SCREEN_EVERY_MS = 2 * SECOND
const PLAIN_EVERY_MS = 15 * SECOND

interface DemoConfig {
  isKafka: boolean
  seed: number
  scale: number
  seconds: number
}

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(1)
    process.stdout.write('\nstopping: what was accepted is written and settled first\n')
    stop.abort()
  })
}
try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`demo: ${messageOf(error)}\n`)
  process.exitCode = 1
}
process.exit()

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      kafka: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      scale: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  })
  const numbers = { seed: Number(values.seed), scale: Number(values.scale), seconds: Number(values.seconds) }
  const fault = Object.entries(numbers).find(([name, value]) => !(Number.isFinite(value) && value >= (name === 'scale' ? 0.1 : 0)))
  if (values.help || fault !== undefined) {
    if (fault !== undefined) process.stderr.write(`demo: --${fault[0]} takes a number that is not negative\n\n`)
    process.stdout.write(USAGE)
    return fault === undefined ? 0 : 2
  }
  await runDemo({ isKafka: values.kafka, ...numbers })
  return 0
}

async function runDemo(config: DemoConfig): Promise<void> {
  await using started = new AsyncDisposableStack()
  const say = (text: string) => process.stdout.write(`${text}\n`)
  const settings = await demoSettings(config, started, say)
  const logger = buildLogger({ service: 'demo', level: 'error' })
  say('starting ClickHouse and the services …')
  const standalone = started.use(await openStandalone(settings, { logger, now: systemNow, searchPath: searchPath() }))
  const liveAtMs = systemNow()
  const platform = scalePlatform(defaultPlatform, config.scale)
  const startMs = Math.floor((liveAtMs - BACKFILL_MS) / MINUTE) * MINUTE
  const incidents = [{ start_ms: liveAtMs + INCIDENT_AFTER_MS, script: providerOutage }]
  const simulation = openSimulation({ seed: config.seed, startMs, platform, incidents, liveAtMs })
  const feed = buildFeed({ ingestUrl: standalone.ingestUrl, platform })
  const situation: Situation = {
    headline: '',
    phase: undefined,
    apiUrl: standalone.apiUrl,
    ingestUrl: standalone.ingestUrl,
    linesSent: 0,
    upMs: 0,
  }
  say('filling in the last 30 minutes …')
  for (let untilMs = startMs + MINUTE; untilMs < liveAtMs && !stop.signal.aborted; untilMs += MINUTE) {
    situation.linesSent += await feed(simulation.advanceTo(untilMs))
  }
  say(`sent ${situation.linesSent.toLocaleString('en-US')} lines; live traffic begins`)
  if (config.seconds > 0) setTimeout(() => stop.abort(), config.seconds * SECOND)
  const showing = showScreens(situation, { startMs, liveAtMs })
  const feeding = playLive(simulation, feed, situation)
  await Promise.race([Promise.all([showing, feeding]), standalone.failed])
}

async function playLive(
  simulation: ReturnType<typeof openSimulation>,
  feed: ReturnType<typeof buildFeed>,
  situation: Situation,
): Promise<void> {
  while (!stop.signal.aborted) {
    const output = simulation.advanceTo(systemNow())
    const phase: PhaseStarted | undefined = output.phases.at(-1)
    if (phase) situation.phase = phase
    situation.linesSent += await feed(output)
    await delay(TICK_MS, stop.signal)
  }
}

async function showScreens(situation: Situation, times: { startMs: number; liveAtMs: number }): Promise<void> {
  const isTerminal = process.stdout.isTTY
  while (!stop.signal.aborted) {
    await delay(isTerminal ? SCREEN_EVERY_MS : PLAIN_EVERY_MS, stop.signal)
    if (stop.signal.aborted) return
    const nowMs = systemNow()
    const figures = await readFigures(situation.apiUrl, times.startMs, nowMs)
    situation.headline = `WEIR DEMO  ${new Date(nowMs).toISOString().slice(0, 19)}Z  live for ${Math.round((nowMs - times.liveAtMs) / SECOND)} s${incidentNote(nowMs, times.liveAtMs)}`
    const lines = screenLines(situation, figures).map(line => (isTerminal ? line.slice(0, process.stdout.columns) : line))
    process.stdout.write(`${isTerminal ? '\u001b[2J\u001b[H' : '\n'}${lines.join('\n')}\n`)
  }
}

function incidentNote(nowMs: number, liveAtMs: number): string {
  const leftMs = liveAtMs + INCIDENT_AFTER_MS - nowMs
  return leftMs > 0 ? `   (a provider fails in ${Math.ceil(leftMs / SECOND)} s)` : ''
}

async function demoSettings(config: DemoConfig, started: AsyncDisposableStack, say: (text: string) => void): Promise<Settings> {
  const given = readSettings()
  const dataDir = join(given.log.dataDir, DEMO_FOLDER)
  const settings = { ...given, files: { ...given.files, terms: given.files.terms ?? TERMS_FILE } }
  rmSync(dataDir, { recursive: true, force: true })
  if (!config.isKafka) return { ...settings, log: { ...settings.log, kind: 'embedded', dataDir } }
  say('starting Kafka …')
  const kafka = started.use(await openLocalKafka({}, { say }))
  return { ...settings, log: { ...settings.log, kind: 'kafka', brokers: [...kafka.brokers], dataDir } }
}
