import { openEgressPolicy } from '../answers/egress/egress-policy.ts'
import { shippedEndDates } from '../money/price-book/end-dates.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import type { Settings } from '../platform/env.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import { openProcessPage } from '../platform/process-page.ts'
import type { FileChecks, ProcessDeps } from '../platform/service.ts'
import type { AlertingConfig } from './config/alerting-config.ts'
import { routesOf } from './config/routes-of.ts'
import { type Alerting, nextAlerting, openAlerting, readAlerting } from './config/watch-alerting.ts'
import { decideAlerts } from './decide-alerts.ts'
import { buildHistory } from './history.ts'
import { consoleLinks } from './message/console-links.ts'
import type { Labels } from './reading.ts'
import { buildReceivers, checkReceivers } from './receivers/build-receivers.ts'
import { readRuleGroups } from './rules/read-rule-groups.ts'
import type { RuleSource } from './rules/rule.ts'
import { resolveHost } from './sending/post.ts'
import { buildReadSecret } from './sending/secrets.ts'
import { readSource } from './signals/read-source.ts'
import { buildReadLag } from './signals/reading-lag.ts'
import { buildRounds } from './signals/rounds.ts'
import type { ReadAt } from './signals/signal-deps.ts'
import type { AlertState } from './state/alert-state.ts'

/** The settings that alert reads. */
export type AlertSettings = Pick<Settings, 'alert' | 'files' | 'process'>

/** The alerting file, the rules that it names and the secrets that it refers to. */
export const alertFiles: FileChecks = ({ files }) => {
  const config = readAlerting(files.alerts)
  return [config.then(readRuleGroups), config.then(read => checkReceivers(read, { readSecret: buildReadSecret() }))]
}

/**
 * Decides and delivers until `signal` aborts (decideAlerts says how), with a health page beside it. When the alerting file or its rules
 * change, it goes on with what they say, if that has no fault; state lives in the log, so nothing is told twice.
 */
export async function runAlert(
  settings: AlertSettings,
  deps: ProcessDeps & { eventLog: EventLog; clickhouse: ClickHouse },
  signal: AbortSignal,
): Promise<void> {
  await using page = await openProcessPage('alert', { process: settings.process, port: settings.alert.metricsPort }, deps)
  const rounds = buildRounds(deps)
  const egressPolicy = await openEgressPolicy(settings.files.egress)
  const others = { egressPolicy, readLag: buildReadLag(deps), endOfModel: await shippedEndDates() }
  const lasting = {
    ...deps,
    ...page,
    random: Math.random,
    history: buildHistory(deps),
    readSource: (source: RuleSource, at: ReadAt) => readSource(source, at, { ...rounds.deps(), ...others }),
    readSettledUntil: rounds.begin,
  }
  let alerting: Alerting | undefined = await openAlerting(settings.files.alerts)
  while (alerting !== undefined && !signal.aborted) {
    const isOver = new AbortController()
    const until = AbortSignal.any([signal, isOver.signal])
    const changed = nextAlerting(settings.files.alerts, alerting, deps, until).finally(() => isOver.abort())
    const deciding = decideAlerts(
      { groups: alerting.groups, everyMs: settings.alert.evaluateAtMostEveryMs },
      { ...lasting, ...ofConfig(alerting.config, deps) },
      until,
    ).finally(() => isOver.abort())
    alerting = (await Promise.all([changed, deciding]))[0]
  }
}

function ofConfig(config: AlertingConfig, deps: ProcessDeps) {
  return {
    receivers: buildReceivers(config, { ...deps, readSecret: buildReadSecret(), resolve: resolveHost }),
    heartbeat: config.heartbeat,
    routesOf: (labels: Labels, atMs: number) => routesOf(labels, atMs, config),
    linksOf: (alerts: readonly AlertState[]) => consoleLinks(config.public_url, alerts),
  }
}
