/** The part of docs/alerting.md about evaluators of others. */
import { parse } from 'yaml'
import { isInGrafana } from '../../services/alert/generators/grafana-rules.ts'
import { prometheusRules } from '../../services/alert/generators/prometheus-rules.ts'
import { shippedGroups } from '../../services/alert/rules/read-rule-groups.ts'
import { table } from './markdown.ts'

/** The sections. */
export function evaluatorSections(): string[] {
  const groups = shippedGroups()
  const inGrafana = groups.flatMap(({ rules }) => rules.filter(isInGrafana).map(({ name }) => `\`${name}\``))
  const prometheus = parse(prometheusRules(groups)) as { groups: { rules: { alert: string; expr: string }[] }[] }
  const rows = prometheus.groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => [`\`${alert}\``, `\`${expr}\``]))
  return [
    '## For evaluators of your own',
    `\`weir alerts export --format grafana\` prints the rules as a file for Grafana's \`provisioning/alerting\` (Grafana 12, its
ClickHouse data source; \`--datasource\` names its uid), \`--format prometheus\` a rule file over the metrics of the services. Tests hold
both against what Weir itself fires on the same figures.`,
    `Grafana gets the rules that read a view, at the end of the last settled minute, or the ledger of lines:
${inGrafana.join(', ')}. A thing that falls below its least sample resolves there, while Weir keeps its state; inhibition
and grouping are Grafana's own.`,
    'Prometheus gets the rules about Weir itself (its pipeline), since figures of tenants are in no metric: rules about providers, ' +
      'pools, money and keys are not there. Load it even where Weir alerts by itself: it speaks when Weir cannot.',
    table(['alert', 'expression'], rows),
  ]
}
