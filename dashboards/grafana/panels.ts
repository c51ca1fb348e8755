/** Panels as Grafana draws them. */
import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart'
import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  type DynamicConfigValue,
  type Panel as GrafanaPanel,
  type GridPos,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as StatusHistory } from '@grafana/grafana-foundation-sdk/statushistory'
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries'
import type { BoardName, Column, Panel } from '../panel.ts'
import { panelSql } from '../panel-sql.ts'
import { panelId } from './panel-ids.ts'
import { grafanaPlaces } from './places.ts'
import { clickHouseQuery, datasource } from './query.ts'

/** Points that a line needs on a screen; the same as the API's. */
const MOST_POINTS = 240
/** Colours of the scale that colour-blind people tell apart (Okabe and Ito). */
const colors = { good: '#0072B2', warn: '#E69F00', bad: '#D55E00' } as const

/** A series is called what its column `series` says. */
const SERIES_NAME = `\${__field.labels.series}`

type AnyBuilder = TimeSeries | Stat | Table | BarChart | StatusHistory

/** The uid of a board's dashboard. */
export const uidOf = (board: BoardName): string => `weir-${board}`

/** Where a link leads: the same range and choice, on another dashboard. */
export const boardUrl = (board: BoardName): string => `/d/${uidOf(board)}?\${__url_time_range}&\${__all_variables}`

/** A panel at its place. */
export function grafanaPanel(panel: Panel, at: GridPos, titles: Readonly<Record<BoardName, string>>): Builder<GrafanaPanel> {
  const isInTime = panel.columns.some(({ role }) => role === 'time')
  const built = isInTime ? inTime(panel) : inRows(panel)
  built
    .id(panelId(panel.name))
    .title(panel.title)
    .description(`${panel.question} It counts ${panel.counts}. Settled minutes alone${isInTime ? ', in whole steps' : ''}.`)
    .datasource(datasource)
    .gridPos(at)
    .interval('1m')
    .maxDataPoints(MOST_POINTS)
    .unit(panel.unit)
    .withTarget(clickHouseQuery(panelSql(panel, grafanaPlaces), isInTime ? 0 : 1))
  if (panel.thresholds !== undefined) built.thresholds(thresholdsOf(panel.thresholds))
  if (panel.leadsTo !== undefined) {
    built.links([new DashboardLinkBuilder(titles[panel.leadsTo]).type(DashboardLinkType.Link).url(boardUrl(panel.leadsTo))])
  }
  return built
}

function inTime(panel: Panel): AnyBuilder {
  if (panel.kind === 'heat') {
    const shares = new StatusHistory().showValue(VisibilityMode.Never).displayName(SERIES_NAME).min(0).max(1)
    return shares.colorScheme({ build: () => ({ mode: 'thresholds' as never }) })
  }
  const lines = new TimeSeries()
    .displayName(SERIES_NAME)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .spanNulls(false)
  if (panel.kind === 'line') {
    if (panel.thresholds === undefined) return lines
    return lines.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
  }
  const stacked = lines.stacking(new StackingConfigBuilder().mode(StackingMode.Normal)).min(0)
  return panel.kind === 'bars' ? stacked.drawStyle(GraphDrawStyle.Bars).fillOpacity(80) : stacked.fillOpacity(60).lineWidth(1)
}

function inRows(panel: Panel): AnyBuilder {
  const built = panel.kind === 'stat' ? stat() : panel.kind === 'bars' ? bars() : new Table().filterable(true)
  for (const column of panel.columns) built.overrideByName(column.name, overrideOf(column, panel))
  return built
}

const stat = () =>
  new Stat()
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.None)
    .textMode(BigValueTextMode.ValueAndName)

const bars = () =>
  new BarChart()
    .xField('label')
    .orientation(VizOrientation.Horizontal)
    .showValue(VisibilityMode.Always)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(false))

/** How a column of rows is headed and written. The unit comes last: the linter takes the last one of a panel. */
function overrideOf(column: Column, panel: Panel): DynamicConfigValue[] {
  const title = { id: 'displayName', value: column.title }
  if (column.role !== 'value') {
    return column.name === 'tenant_id' ? [title, { id: 'links', value: [{ title: 'This tenant', url: tenantUrl(panel) }] }] : [title]
  }
  return [title, { id: 'unit', value: column.unit ?? panel.unit }]
}

/** A click on a tenant leads to it alone, with the range and what else is chosen. */
function tenantUrl({ variables }: Panel): string {
  const kept = ['datasource', ...variables.filter(name => name !== 'tenant_id')].map(name => `\${${name}:queryparam}`)
  return `/d/${uidOf('tenants')}?\${__url_time_range}&${kept.join('&')}&var-tenant_id=\${__value.raw:percentencode}`
}

function thresholdsOf(bounds: NonNullable<Panel['thresholds']>): ThresholdsConfigBuilder {
  const steps = bounds.map(({ at, meaning }, place) => ({ value: place === 0 ? null : at, color: colors[meaning] }))
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps)
}
