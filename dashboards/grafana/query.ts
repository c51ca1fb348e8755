/** A query of the ClickHouse data source, which the SDK has no type for (grafana/clickhouse-datasource, src/types/sql.ts). */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'

/** The kind of data source, and the variable that says which. */
export const datasource = { type: 'grafana-clickhouse-datasource', uid: `\${datasource}` } as const

/** 0: values in time, 1: a table. */
type Format = 0 | 1

/** A query as Grafana's files have it. */
export interface ClickHouseQuery extends Dataquery {
  refId: string
  datasource: typeof datasource
  editorType: 'sql'
  queryType: 'timeseries' | 'table'
  format: Format
  rawSql: string
}

/** The builder of a query for panels and annotations. */
export function clickHouseQuery(rawSql: string, format: Format): Builder<ClickHouseQuery> {
  const queryType = format === 0 ? 'timeseries' : 'table'
  const query = { refId: 'A', datasource, editorType: 'sql', queryType, format, rawSql } as const
  // The marker that tells the SDK's types of queries apart; a function is not written to JSON.
  return { build: () => ({ ...query, _implementsDataqueryVariant: () => {} }) }
}
