import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEMO_FOLDER } from '../platform/clickhouse/tool.ts'
import { delay, MINUTE, type Now, SECOND } from '../platform/clock.ts'
import type { Settings } from '../platform/env.ts'
import { openLocalKafka } from '../platform/event-log/local-kafka.ts'
import { LOCK_FILE, lockFolder } from '../platform/folder-lock.ts'
import { buildLogger } from '../platform/log.ts'
import { type Loop, runTogether } from '../platform/run-together.ts'
import { openStandalone } from '../standalone/standalone.ts'
import { buildFeed } from './feed.ts'
import { readFigures } from './figures.ts'
import { type Message, openOnCall } from './on-call.ts'
import { type Situation, screenLines } from './screen.ts'
import { defaultPlatform } from './simulation/default-platform.ts'
import { type PhaseStarted, providerOutage } from './simulation/incident.ts'
import { scalePlatform } from './simulation/platform-model.ts'
import { openSimulation } from './simulation/run.ts'

/** What the tenants of the simulated platform have agreed on. */
const TERMS_FILE = fileURLToPath(new URL('./simulation/terms.yaml', import.meta.url))
const BACKFILL_MS = 30 * MINUTE
const INCIDENT_AFTER_MS = 2 * MINUTE
const TICK_MS = 500
const SCREEN_EVERY_MS = 2 * SECOND
const PLAIN_EVERY_MS = 15 * SECOND

/**
 * What the demo is told: `isKafka`: through a real Kafka; `seed` of the course of events; `scale` of the traffic; `seconds` of live
 * traffic, 0: until stopped.
 */
export interface DemoConfig {
  isKafka: boolean
  seed: number
  scale: number
  seconds: number
}

/** What the demo needs. `say` prints a line; `screen` is where the figures are shown. */
export interface DemoDeps {
  settings: Settings
  now: Now
  searchPath: string
  say(text: string): void
  screen: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>
}

/**
 * Weir on one machine, fed by the simulated platform, until `signal` aborts: the last half hour is filled in, then traffic is live and a
 * provider fails. Rejects with DEMO_FEED_REFUSED, and as openStandalone does.
 */
export async function runDemo(config: DemoConfig, deps: DemoDeps, stop: AbortSignal): Promise<void> {
  await using started = new AsyncDisposableStack()
  const { say, now } = deps
  const over = new AbortController()
  const signal = AbortSignal.any([stop, over.signal])
  const given = await demoSettings(config, deps, started)
  // On a terminal the screen shows it, and would be written over.
  const onMessage = ({ to, text }: Message) => deps.screen.isTTY || say(`\n--- ${to} is told ---\n${text}\n---`)
  const { port } = given.api
  const place = { dataDir: given.log.dataDir, consoleUrl: port === 0 ? null : `http://127.0.0.1:${port}` }
  const onCall = started.use(await openOnCall(place, { now, onMessage }))
  const settings = { ...given, files: { ...given.files, alerts: given.files.alerts ?? onCall.alertsFile } }
  const logger = buildLogger({ service: 'demo', level: 'error' })
  say('starting ClickHouse and the services …')
  const standalone = started.use(await openStandalone(settings, { ...deps, logger, holdsFolder: true }))
  const liveAtMs = now()
  const platform = scalePlatform(defaultPlatform, config.scale)
  const startMs = Math.floor((liveAtMs - BACKFILL_MS) / MINUTE) * MINUTE
  const incidents = [{ start_ms: liveAtMs + INCIDENT_AFTER_MS, script: providerOutage }]
  const simulation = openSimulation({ seed: config.seed, startMs, platform, incidents, liveAtMs })
  const feed = buildFeed({ ingestUrl: standalone.ingestUrl, platform })
  const { apiUrl, ingestUrl } = standalone
  const situation: Situation = { headline: '', phase: undefined, apiUrl, ingestUrl, linesSent: 0, upMs: 0, told: onCall.messages }
  say(`\n  console  ${apiUrl}/\n`)
  say('filling in the last 30 minutes …')
  for (let untilMs = startMs + MINUTE; untilMs < liveAtMs && !signal.aborted; untilMs += MINUTE) {
    situation.linesSent += await feed(simulation.advanceTo(untilMs))
  }
  say(`sent ${situation.linesSent.toLocaleString('en-US')} lines; live traffic begins`)
  const play: Loop = async until => {
    if (config.seconds > 0) void delay(config.seconds * SECOND, until).then(() => over.abort())
    while (!until.aborted) {
      const output = simulation.advanceTo(now())
      const phase: PhaseStarted | undefined = output.phases.at(-1)
      if (phase) situation.phase = phase
      situation.linesSent += await feed(output)
      await delay(TICK_MS, until)
    }
  }
  await runTogether([play, until => showScreens(situation, { startMs, liveAtMs }, deps, until)], signal)
}

async function showScreens(
  situation: Situation,
  times: { startMs: number; liveAtMs: number },
  { now, screen }: DemoDeps,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await delay(screen.isTTY ? SCREEN_EVERY_MS : PLAIN_EVERY_MS, signal)
    if (signal.aborted) return
    const nowMs = now()
    const figures = await readFigures(situation.apiUrl, times.startMs, nowMs)
    const liveS = Math.round((nowMs - times.liveAtMs) / SECOND)
    const present = `${new Date(nowMs).toISOString().slice(0, 19)}Z`
    situation.headline = `WEIR DEMO  ${present}  live for ${liveS} s${incidentNote(nowMs, times.liveAtMs)}`
    const lines = screenLines(situation, figures).map(line => (screen.isTTY ? line.slice(0, screen.columns) : line))
    screen.write(`${screen.isTTY ? '\u001b[2J\u001b[H' : '\n'}${lines.join('\n')}\n`)
  }
}

function incidentNote(nowMs: number, liveAtMs: number): string {
  const leftMs = liveAtMs + INCIDENT_AFTER_MS - nowMs
  return leftMs > 0 ? `   (a provider fails in ${Math.ceil(leftMs / SECOND)} s)` : ''
}

/** The settings with a data directory of the demo's own, emptied, and with the terms of the simulated tenants. */
async function demoSettings(config: DemoConfig, deps: DemoDeps, started: AsyncDisposableStack): Promise<Settings> {
  const { settings: given, say } = deps
  const dataDir = join(given.log.dataDir, DEMO_FOLDER)
  const settings = { ...given, files: { ...given.files, terms: given.files.terms ?? TERMS_FILE } }
  started.use(lockFolder(dataDir, { what: 'weir demo' }, deps))
  for (const name of readdirSync(dataDir)) if (name !== LOCK_FILE) rmSync(join(dataDir, name), { recursive: true, force: true })
  if (!config.isKafka) return { ...settings, log: { ...settings.log, kind: 'embedded', dataDir } }
  say('starting Kafka …')
  const kafka = started.use(await openLocalKafka({}, { say }))
  return { ...settings, log: { ...settings.log, kind: 'kafka', brokers: [...kafka.brokers], dataDir } }
}
