/** The variables at the top of a dashboard: what can be chosen, and until when its figures are settled. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableHide,
  type VariableModel,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { readQuery } from '../../services/platform/clickhouse/read-query.ts'
import { headOf } from '../leveled-rows.ts'
import type { Variable } from '../panel.ts'
import { fill } from '../panel-sql.ts'
import { ALL, grafanaPlaces, SAFE_VALUE } from './places.ts'
import { datasource } from './query.ts'

const labels: Readonly<Record<Variable, string>> = {
  tenant_id: 'Tenant',
  route: 'Route',
  model: 'Model',
  pool: 'Pool',
  provider: 'Upstream',
}
/** The column of usage that has its values, with a condition. */
const sources: Readonly<Record<Variable, { column: string; where: string }>> = {
  tenant_id: { column: 'tenant_id', where: "r.tenant_id != ''" },
  route: { column: 'route', where: "r.route != ''" },
  model: { column: 'request_model', where: "r.request_model != ''" },
  pool: { column: 'upstream', where: "r.upstream_kind = 'pool'" },
  provider: { column: 'upstream', where: "r.upstream != ''" },
}
const names = readQuery(import.meta.url, 'names')
const settledUntil = readQuery(import.meta.url, 'settled-until')

/** The query that lists what can be chosen: values in the first column, their names in the second. */
export function namesSql(variable: Variable): string {
  const { column, where } = sources[variable]
  const text = names
    .replace('{safe_value}', () => SAFE_VALUE)
    .replace('{column}', column)
    .replace('{where}', where)
  return fill(headOf(text) + text, { variables: [], read: 'all', name: `names of ${variable}` }, grafanaPlaces)
}

/** The query of the time until which the range is settled. */
export const settledUntilSql = (): string => fill(settledUntil, { variables: [], read: 'all', name: 'settled until' }, grafanaPlaces)

/** Which ClickHouse it is; on every dashboard. */
export function datasourceVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource').label('Data source').type(datasource.type)
}

/** A variable of which one, several or all values are chosen. */
export function chosenVariable(name: Variable): QueryVariableBuilder {
  return query(name, namesSql(name))
    .label(labels[name])
    .multi(true)
    .includeAll(true)
    .allValue(ALL)
    .current({ selected: true, text: 'All', value: '$__all' })
}

/** Says until when the figures are settled, next to what can be chosen. */
export function settledUntilVariable(): Builder<VariableModel> {
  const told = query('settled_until', settledUntilSql())
    .label('Settled until')
    .description('Figures are of settled minutes alone; what came later is not in them yet.')
    .hide(VariableHide.DontHide)
  // It follows the range, so no link carries it.
  return { build: () => ({ ...told.build(), skipUrlSync: true }) }
}

function query(name: string, rawSql: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .datasource(datasource)
    .query({ refId: name, editorType: 'sql', queryType: 'table', format: 1, rawSql })
    .refresh(VariableRefresh.OnTimeRangeChanged)
}
