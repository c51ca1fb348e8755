/** Plays the demo's incident through worker, settle and rules step by step, by a clock of its own: what on-call would have been told. */
import { ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC } from '../../../schemas/topics.ts'
import { readAlertingConfig } from '../../../services/alert/config/read-alerting-config.ts'
import { routesOf } from '../../../services/alert/config/routes-of.ts'
import type { AlertChange } from '../../../services/alert/log/alert-record.ts'
import { emptyState } from '../../../services/alert/log/partition-state.ts'
import { consoleLinks } from '../../../services/alert/message/console-links.ts'
import type { Notification } from '../../../services/alert/notification.ts'
import { type CompiledGroup, compileGroup } from '../../../services/alert/rules/compile-rule.ts'
import { shippedGroups } from '../../../services/alert/rules/read-rule-groups.ts'
import { readSource } from '../../../services/alert/signals/read-source.ts'
import { decideMessages } from '../../../services/alert/state/decide-messages.ts'
import { judgeRule } from '../../../services/alert/state/judge-rule.ts'
import { readSettledUntil } from '../../../services/answers/settled-until.ts'
import { beginRawWriter } from '../../../services/cli/report/raw-writer.ts'
import { demoAlertingFile } from '../../../services/demo/alerting-file.ts'
import { defaultPlatform } from '../../../services/demo/simulation/default-platform.ts'
import { buildRenderer } from '../../../services/demo/simulation/emit/render.ts'
import { renderVllmExposition } from '../../../services/demo/simulation/emit/vllm-exposition.ts'
import type { EngineReading } from '../../../services/demo/simulation/engine-reading.ts'
import { providerOutage } from '../../../services/demo/simulation/incident.ts'
import { openSimulation, type SimulationOutput } from '../../../services/demo/simulation/run.ts'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { MINUTE, SECOND } from '../../../services/platform/clock.ts'
import type { LogRecord } from '../../../services/platform/event-log/port.ts'
import { openPriceBookStore } from '../../../services/settle/price-book-store.ts'
import { settleWindows } from '../../../services/settle/settle-windows.ts'

/** A message with when it was decided, s since the provider failed. */
export interface Told {
  readonly atS: number
  readonly receivers: readonly string[]
  readonly message: Notification
}

/** What was told, and when the pool that takes the fallbacks was full by its own model servers, s since the provider failed. */
export interface PlayedDemo {
  readonly told: readonly Told[]
  readonly saturatedS: number
}

const EVERYONE = { isAll: true, tenants: [], seesVolumes: true }
const CALM_MS = 2 * MINUTE

/** Plays it: the incident begins `CALM_MS` after the start. `stepsS`: seconds since then at which lines come in and rules are judged. */
export async function playDemo(
  { seed, incidentMs, stepsS, rules }: { seed: number; incidentMs: number; stepsS: readonly number[]; rules: readonly string[] },
  { clickhouse }: { clickhouse: ClickHouse },
): Promise<PlayedDemo> {
  let nowMs = incidentMs
  const now = () => nowMs
  const incidents = [{ start_ms: incidentMs, script: providerOutage }]
  const startMs = Math.floor((incidentMs - CALM_MS) / MINUTE) * MINUTE
  const simulation = openSimulation({ seed, startMs, platform: defaultPlatform, incidents, liveAtMs: incidentMs })
  const records = buildRecords()
  const prices = await openPriceBookStore({}, { clickhouse })
  const groups = shippedGroups()
    .map(compileGroup)
    .map(group => ({ ...group, rules: group.rules.filter(({ name }) => rules.includes(name)) }))
    .filter(group => group.rules.length > 0)
  const judge = buildJudge(groups, { clickhouse })
  const told: Told[] = []
  const scrapes: EngineReading[] = []
  for (const stepS of stepsS) {
    nowMs = incidentMs + stepS * SECOND
    const writer = await beginRawWriter({ ownDialects: [] }, { clickhouse, now })
    const output = simulation.advanceTo(nowMs)
    scrapes.push(...output.scrapes)
    for (const record of records(output)) await writer.add(record)
    await settleWindows(await writer.finish(), { clickhouse, prices, now })
    told.push(...(await judge(nowMs)).map(one => ({ ...one, atS: stepS })))
  }
  return { told, saturatedS: saturatedAfterS(scrapes, incidentMs) }
}

/** A queue of half of what runs at every engine, and none without one for half a minute: what the pool's own servers say. */
function saturatedAfterS(scrapes: readonly EngineReading[], incidentMs: number): number {
  const after = scrapes.filter(({ pool, sampled_at }) => pool === 'llama-70b-h100' && sampled_at >= incidentMs)
  const isQueued = ({ waiting, running }: EngineReading) => waiting > running / 2
  const first = after.find(({ sampled_at: atMs }) =>
    after.every(one => one.sampled_at < atMs || one.sampled_at > atMs + 30 * SECOND || isQueued(one)),
  )
  return ((first?.sampled_at ?? Number.POSITIVE_INFINITY) - incidentMs) / SECOND
}

/** Records of a piece of the simulation, with offsets that go on. */
function buildRecords(): (output: SimulationOutput) => Generator<LogRecord> {
  const render = buildRenderer(defaultPlatform)
  let offset = 0
  return function* records({ requests, scrapes }) {
    for (const [source, own] of Map.groupBy(requests, ({ gateway }) => gateway)) {
      const value = Buffer.from(own.flatMap(render).join('\n'))
      const timestampMs = own.at(-1)?.ended_at ?? 0
      yield { topic: ACCESS_LOG_TOPIC, partition: 0, offset: offset++, timestampMs, key: undefined, value, headers: { source } }
    }
    for (const reading of scrapes) {
      const { pool, endpoint, sampled_at } = reading
      const headers = { pool, endpoint, 'scraped-at-ms': String(sampled_at) }
      const value = Buffer.from(renderVllmExposition(reading))
      yield { topic: ENGINE_METRICS_TOPIC, partition: 0, offset: offset++, timestampMs: sampled_at, key: undefined, value, headers }
    }
  }
}

/** Rules, state and messages as the process decides them, without a log. */
function buildJudge(groups: readonly CompiledGroup[], { clickhouse }: { clickhouse: ClickHouse }) {
  const config = readAlertingConfig(
    demoAlertingFile({ url: 'http://127.0.0.1:9/', keyFile: '/key', consoleUrl: 'http://127.0.0.1:8687' }),
    'demo',
  )
  const state = emptyState()
  const apply = (changes: readonly AlertChange[]) => {
    for (const { kind, id, value } of changes) {
      const things = state[kind as 'alert'] as Map<string, unknown>
      if (value === undefined) things.delete(id)
      else things.set(id, value)
    }
  }

  async function judgeGroup(group: CompiledGroup, at: { nowMs: number; settledUntilMs: number | null }): Promise<void> {
    const readings = await Promise.all(group.rules.map(rule => readSource(rule.reads, at, { clickhouse })))
    const own = [...state.alert.values()]
    for (const [index, rule] of group.rules.entries()) {
      const alerts = own.filter(alert => alert.rule === rule.name)
      apply(judgeRule({ rule, group: group.name }, readings[index] as Awaited<ReturnType<typeof readSource>>, alerts, at.nowMs).changes)
    }
  }

  return async (nowMs: number): Promise<Omit<Told, 'atS'>[]> => {
    const asked = { fromMs: nowMs - 60 * MINUTE, toMs: nowMs + 5 * MINUTE, scope: EVERYONE }
    const at = { nowMs, settledUntilMs: (await readSettledUntil(asked, { clickhouse })).untilMs }
    for (const group of groups) await judgeGroup(group, at)
    // Messages wait a moment for more; nothing else happens meanwhile.
    for (const laterMs of [0, 3 * SECOND]) {
      for (const group of groups) {
        const alerts = [...state.alert.values()].filter(alert => alert.group === group.name)
        const deciding = {
          ...at,
          nowMs: nowMs + laterMs,
          routesOf: (labels: Readonly<Record<string, string>>) => routesOf(labels, nowMs, config),
        }
        apply(decideMessages(group, alerts, state, { ...deciding, linksOf: alerts => consoleLinks(config.public_url, alerts) }))
      }
    }
    const messages = [...state.message.values()]
    state.message.clear()
    return messages.map(({ notification, deliveries }) => ({ receivers: Object.keys(deliveries), message: notification }))
  }
}
