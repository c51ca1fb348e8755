/**
 * Rules as Grafana-managed alerts: a file for its folder of provisioning (provisioning/alerting), for ClickHouse as its data source
 * (grafana/grafana, pkg/services/provisioning/alerting/rules_types.go; grafana/clickhouse-datasource, src/types/sql.ts). Needs Grafana 12
 * for `keepFiringFor`.
 */
import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import { durationMs } from '../config/durations.ts'
import { unwrapped } from '../rules/compile-rule.ts'
import { placesOf } from '../rules/fill-template.ts'
import type { Rule, RuleGroup } from '../rules/rule.ts'
import { type LinesRule, linesRule, readsLines } from './lines-sql.ts'
import { readsView, ruleSql, type ViewRule } from './rule-sql.ts'

/** What a file is made for. */
export interface GrafanaConfig {
  /** Identity of the ClickHouse data source in Grafana. */
  readonly datasourceUid: string
  readonly folder: string
  readonly database: string
}

/** A uid has at most 40 characters. */
const MOST_OF_UID = 40
/** Grafana evaluates at multiples of ten seconds; settled minutes come once a minute. */
const INTERVAL = '1m'
const KEEP_FIRING = '2m'

/**
 * The file. Rules are in it that read a view or the ledger of lines, since answers and other signals are no SQL; the others are named in a
 * comment at its head.
 * What cannot be read keeps its state: an error or a missing figure is no alert of another name.
 */
export function grafanaRules(groups: readonly RuleGroup[], config: GrafanaConfig): string {
  const rules = groups.flatMap(group => group.rules.filter(({ enabled = true }) => enabled))
  const left = rules.filter(rule => !isInGrafana(rule)).map(({ name }) => name)
  const written = groups.map(group => ({
    orgId: 1,
    name: `weir-${group.name}`,
    folder: config.folder,
    interval: INTERVAL,
    rules: group.rules.filter(({ enabled = true }) => enabled).flatMap(rule => (isInGrafana(rule) ? [grafanaRule(rule, config)] : [])),
  }))
  const head = [
    'Rules of Weir as Grafana-managed alerts, written by `weir alerts export --format grafana`.',
    `Left to Weir, since they read answers or signals: ${left.join(', ') || 'none'}.`,
  ]
  const text = stringify({ apiVersion: 1, groups: written.filter(({ rules: kept }) => kept.length > 0) }, { lineWidth: 0 })
  return `${head.map(line => `# ${line}`).join('\n')}\n${text}`
}

/** Whether a rule can be told by SQL alone. */
export function isInGrafana(rule: Rule): rule is ViewRule | LinesRule {
  return readsView(rule) || readsLines(rule)
}

function statementOf(rule: ViewRule | LinesRule, database: string): { by: readonly string[]; overMs: number; sql: string } {
  if (!readsView(rule)) return linesRule(rule as LinesRule, database)
  return { by: rule.reads.by, overMs: durationMs(rule.reads.over), sql: ruleSql(rule, database) }
}

function grafanaRule(rule: ViewRule | LinesRule, { datasourceUid, database }: GrafanaConfig): object {
  const { by, overMs, sql } = statementOf(rule, database)
  const over = Math.ceil(overMs / 1_000)
  const relativeTimeRange = { from: over, to: 0 }
  const query = {
    refId: 'A',
    editorType: 'sql',
    queryType: 'table',
    format: 1,
    rawSql: sql,
    datasource: { uid: datasourceUid },
  }
  return {
    uid: uidOf(rule.name),
    title: rule.name,
    condition: 'B',
    data: [
      { refId: 'A', relativeTimeRange, datasourceUid, model: query },
      {
        refId: 'B',
        relativeTimeRange,
        datasourceUid: '__expr__',
        model: { refId: 'B', type: 'threshold', expression: 'A', conditions: [condition(rule)] },
      },
    ],
    for: rule.for ?? '0s',
    keepFiringFor: rule.keep_firing_for ?? KEEP_FIRING,
    noDataState: 'KeepLast',
    execErrState: 'KeepLast',
    labels: { ...rule.labels, severity: rule.severity, owner: rule.owner ?? 'platform' },
    annotations: annotations(rule, by),
  }
}

/** The threshold, and on which side of another one it ends where the rule says so. */
function condition({ above, below, recovers_at }: Rule): object {
  const [starts, ends, at] = above === undefined ? ['lt', 'gte', below] : ['gt', 'lte', above]
  return {
    evaluator: { type: starts, params: [at] },
    ...(recovers_at !== undefined && { unloadEvaluator: { type: ends, params: [recovers_at] } }),
  }
}

/** Grafana's templates know labels and the value alone: words that need more are replaced by the thing and its figure. */
function annotations(rule: Rule, by: readonly string[]): Record<string, string> {
  const canFill = (text: string) => placesOf(text).every(({ name }) => name === 'value' || by.includes(name))
  const thing = by.map(name => `{{ $labels.${name} }}`).join(' ')
  const bound = rule.above === undefined ? `below ${rule.below}` : `above ${rule.above}`
  const plain = `${rule.name}: ${thing === '' ? '' : `${thing} `}at {{ humanize $values.A.Value }}, ${bound}`
  const lines = unwrapped(rule.description)
    .split('\n')
    .filter(line => line.trim() !== '' && canFill(line))
  return {
    summary: canFill(rule.summary) ? inGrafana(rule.summary) : plain,
    ...(lines.length > 0 && { description: lines.map(inGrafana).join('\n') }),
    ...(rule.runbook && { runbook: rule.runbook }),
  }
}

function inGrafana(text: string): string {
  return text.replaceAll(/\{\{\s*(\w+)\s*(?:\|\s*(\w+)\s*)?\}\}/g, (_, name: string, filter: string | undefined) => {
    if (name !== 'value') return `{{ $labels.${name} }}`
    return filter === 'percent' ? '{{ humanizePercentage $values.A.Value }}' : '{{ humanize $values.A.Value }}'
  })
}

function uidOf(name: string): string {
  const uid = `weir-${name}`
  if (uid.length <= MOST_OF_UID) return uid
  return `${uid.slice(0, MOST_OF_UID - 9)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}
