import { readFile } from 'node:fs/promises'
import { DEFAULT_ALERTING } from '../../alert/config/alerting-config.ts'
import { readAlertingConfig } from '../../alert/config/read-alerting-config.ts'
import { grafanaRules } from '../../alert/generators/grafana-rules.ts'
import { prometheusRules } from '../../alert/generators/prometheus-rules.ts'
import { declaredGroups } from '../../alert/rules/read-rule-groups.ts'
import { choiceOf, type SubCommand, textOf } from '../command.ts'

/** `weir alerts export`: the rules of the alerting file, or those that Weir ships, for evaluators of others. Opens no server. */
export const exportAlerts: SubCommand = {
  does: 'prints the rules for another evaluator: Grafana-managed alerts over ClickHouse, or Prometheus over the metrics of the services',
  options: {
    format: { value: 'grafana|prometheus', does: 'for whom (grafana)' },
    datasource: { value: 'UID', does: 'uid of the ClickHouse data source in Grafana (weir-clickhouse)' },
    folder: { value: 'NAME', does: 'folder of the rules in Grafana (Weir)' },
  },
  async run(given, { print, settings }) {
    const format = choiceOf(given, 'format', ['grafana', 'prometheus'])
    const file = settings.files.alerts
    const groups = declaredGroups(file === undefined ? DEFAULT_ALERTING : readAlertingConfig(await readFile(file, 'utf8'), file))
    const grafana = {
      datasourceUid: textOf(given, 'datasource') ?? 'weir-clickhouse',
      folder: textOf(given, 'folder') ?? 'Weir',
      database: settings.clickhouse.database,
    }
    print((format === 'grafana' ? grafanaRules(groups, grafana) : prometheusRules(groups)).trimEnd())
    return 0
  },
}
