/**
 * What Weir says about its own pipeline as a rule file of Prometheus, over the metrics that its services serve. Figures of tenants are in
 * no metric, so rules about them are not here: only those that can be told by counters, with the thresholds of the shipped rules of the
 * same name. They speak as well when Weir's own alerting cannot.
 */
import { stringify } from 'yaml'
import { durationMs } from '../config/durations.ts'
import type { Rule, RuleGroup } from '../rules/rule.ts'
import type { Severity } from '../severity.ts'

/** A rule of the file. `from`: the shipped rule whose threshold, patience and severity it takes. */
interface PrometheusRule {
  readonly alert: string
  readonly from?: string
  readonly expr: (rule: Rule) => string
  readonly for?: string
  readonly severity?: Severity
  readonly summary: string
}

const lines = (outcomes: string, over: string) => `sum(increase(worker_lines_total${outcomes}[${over}]))`
const REFUSED = '{outcome="dead_letter"}'
const COUNTED = '{outcome=~"rows|skipped"}'

const share = (outcomes: string, over: string) => `${lines(outcomes, over)} / ${lines('', over)}`
const overOf = ({ reads }: Rule, fallback: string) => ('over' in reads ? (reads.over ?? fallback) : fallback)
const least = (sql: string, bound: number | undefined) => (bound === undefined ? '' : ` and ${sql} >= ${bound}`)
/** The value of these rules is in minutes: windows wait, and none was settled for so long. */
const noneSettled = ({ above = 0 }: Rule) => `max(settle_touched_windows_count) > 0 and sum(increase(settle_windows_total[${above}m])) == 0`
const incomplete = (rule: Rule) => {
  const over = overOf(rule, '1h')
  return `${share(COUNTED, over)} < ${rule.below}${least(lines('', over), rule.least_sample)}`
}

const RULES: readonly PrometheusRule[] = [
  { alert: 'data-very-late', from: 'data-very-late', expr: noneSettled, summary: 'no window was settled for very long, and some wait' },
  { alert: 'data-late', from: 'data-late', expr: noneSettled, summary: 'no window was settled for some minutes, and some wait' },
  {
    alert: 'dead-letters',
    from: 'dead-letters',
    expr: rule => {
      const over = overOf(rule, '15m')
      return `${share(REFUSED, over)} > ${rule.above}${least(lines(REFUSED, over), rule.least_value)}`
    },
    summary: '{{ $value | humanizePercentage }} of all lines are refused',
  },
  {
    alert: 'incomplete',
    from: 'incomplete',
    expr: incomplete,
    summary: 'only {{ $value | humanizePercentage }} of lines are accounted for',
  },
  {
    alert: 'slightly-incomplete',
    from: 'slightly-incomplete',
    expr: incomplete,
    summary: '{{ $value | humanizePercentage }} of lines are accounted for',
  },
  {
    alert: 'window-of-fewer-rows',
    expr: () => 'max(settle_windows_of_fewer_rows_count) > 0',
    severity: 'ticket',
    summary: '{{ $value }} settled windows have lost raw rows: weir windows lists them',
  },
  {
    alert: 'delivery-stuck',
    expr: () => 'max(alert_oldest_undelivered_seconds) > 300',
    severity: 'page',
    summary: 'an alert of Weir has reached nobody for {{ $value | humanizeDuration }}',
  },
  {
    alert: 'rules-not-evaluated',
    expr: () =>
      'sum(increase(alert_evaluations_total{outcome="failed"}[10m])) > 0 and ' +
      'sum(increase(alert_evaluations_total{outcome="done"}[10m])) == 0',
    severity: 'page',
    summary: 'no rule of Weir could be evaluated for ten minutes',
  },
  {
    alert: 'alerting-down',
    expr: () => 'absent(alert_oldest_undelivered_seconds)',
    for: '5m',
    severity: 'page',
    summary: 'the process alert of Weir is not there: nobody is told of anything',
  },
]

/** The file. Rules whose shipped one is left out of `groups`, or not enabled, are left out. */
export function prometheusRules(groups: readonly RuleGroup[]): string {
  const shipped = new Map(groups.flatMap(({ rules }) => rules).map(rule => [rule.name, rule]))
  const rules = RULES.flatMap(one => {
    const rule = one.from === undefined ? undefined : shipped.get(one.from)
    if (one.from !== undefined && (rule === undefined || rule.enabled === false)) return []
    return [
      {
        alert: one.alert,
        expr: one.expr(rule as Rule),
        ...patience(one.for ?? rule?.for, 'for'),
        ...patience(rule?.keep_firing_for, 'keep_firing_for'),
        labels: { ...rule?.labels, severity: one.severity ?? rule?.severity ?? 'ticket', owner: rule?.owner ?? 'platform' },
        annotations: { summary: one.summary, ...(rule?.runbook && { runbook: rule.runbook }) },
      },
    ]
  })
  const text = stringify({ groups: [{ name: 'weir-pipeline', rules }] }, { lineWidth: 0 })
  return `# Rules of Weir over the metrics of its services, written by \`weir alerts export --format prometheus\`.\n${text}`
}

/** Prometheus knows durations of whole milliseconds and up in the same units. */
function patience(text: string | undefined, key: 'for' | 'keep_firing_for'): Record<string, string> {
  return text === undefined || durationMs(text) === 0 ? {} : { [key]: text }
}
