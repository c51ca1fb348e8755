/** Marks on every dashboard: what happened, so that a change of a figure can be held against it. */
import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { readQuery } from '../../services/platform/clickhouse/read-query.ts'
import { fill } from '../panel-sql.ts'
import { grafanaPlaces } from './places.ts'
import { clickHouseQuery, datasource } from './query.ts'

/** Each with the file of its query and a colour that colour-blind people tell apart (Okabe and Ito). */
export const marks = [
  { name: 'Alerts', file: 'alerts', color: '#D55E00' },
  { name: 'Price changes', file: 'prices', color: '#E69F00' },
  { name: 'Statements closed', file: 'closes', color: '#0072B2' },
  { name: 'New models', file: 'models', color: '#009E73' },
  { name: 'Recounts', file: 'recounts', color: '#CC79A7' },
] as const

/** The query of a mark. */
export function markSql(file: (typeof marks)[number]['file']): string {
  return fill(readQuery(import.meta.url, file), { variables: [], read: 'all', name: `marks of ${file}` }, grafanaPlaces)
}

/** The marks as Grafana has them. */
export function annotations(): AnnotationQueryBuilder[] {
  return marks.map(({ name, file, color }) =>
    new AnnotationQueryBuilder()
      .name(name)
      .datasource(datasource)
      .enable(true)
      .iconColor(color)
      .target(clickHouseQuery(markSql(file), 1)),
  )
}
