import { readFile } from 'node:fs/promises'
import { openEgressPolicy } from '../answers/egress/egress-policy.ts'
import { shippedEndDates } from '../money/price-book/end-dates.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import type { Settings } from '../platform/env.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import { openProcessPage } from '../platform/process-page.ts'
import type { FileChecks, ProcessDeps } from '../platform/service.ts'
import { type AlertingConfig, DEFAULT_ALERTING } from './config/alerting-config.ts'
import { readAlertingConfig } from './config/read-alerting-config.ts'
import { routesOf } from './config/routes-of.ts'
import { decideAlerts } from './decide-alerts.ts'
import { buildHistory } from './history.ts'
import { consoleLinks } from './message/console-links.ts'
import { buildReceivers, checkReceivers } from './receivers/build-receivers.ts'
import { readRuleGroups } from './rules/read-rule-groups.ts'
import { resolveHost } from './sending/post.ts'
import { buildReadSecret } from './sending/secrets.ts'
import { readSource } from './signals/read-source.ts'
import { buildReadLag } from './signals/reading-lag.ts'
import { buildRounds } from './signals/rounds.ts'

/** The settings that alert reads. */
export type AlertSettings = Pick<Settings, 'alert' | 'files' | 'process'>

/** The alerting file, the rules that it names and the secrets that it refers to. */
export const alertFiles: FileChecks = ({ files }) => {
  const config = readAlerting(files.alerts)
  return [config.then(readRuleGroups), config.then(read => checkReceivers(read, { readSecret: buildReadSecret() }))]
}

/** Reads the alerting file; without one the defaults hold. Rejects with ALERTING_FILE_INVALID, or SETTINGS_INVALID where it is missing. */
export async function readAlerting(file: string | undefined): Promise<AlertingConfig> {
  return file === undefined ? DEFAULT_ALERTING : readAlertingConfig(await readFile(file, 'utf8'), file)
}

/** Decides and delivers until `signal` aborts (decideAlerts says how), with a health page beside it. */
export async function runAlert(
  settings: AlertSettings,
  deps: ProcessDeps & { eventLog: EventLog; clickhouse: ClickHouse },
  signal: AbortSignal,
): Promise<void> {
  await using page = await openProcessPage('alert', { process: settings.process, port: settings.alert.metricsPort }, deps)
  const { metrics, progress, onReading } = page
  const { clickhouse } = deps
  const config = await readAlerting(settings.files.alerts)
  const groups = readRuleGroups(config)
  const egressPolicy = await openEgressPolicy(settings.files.egress)
  const rounds = buildRounds({ clickhouse })
  const others = { egressPolicy, readLag: buildReadLag(deps), endOfModel: await shippedEndDates() }
  const receivers = buildReceivers(config, { ...deps, readSecret: buildReadSecret(), resolve: resolveHost })
  await decideAlerts(
    { groups, everyMs: settings.alert.evaluateAtMostEveryMs },
    {
      ...deps,
      metrics,
      progress,
      onReading,
      receivers,
      random: Math.random,
      heartbeat: config.heartbeat,
      history: buildHistory(deps),
      routesOf: (labels, atMs) => routesOf(labels, atMs, config),
      linksOf: alerts => consoleLinks(config.public_url, alerts),
      readSource: (source, at) => readSource(source, at, { ...rounds.deps(), ...others }),
      readSettledUntil: rounds.begin,
    },
    signal,
  )
}
