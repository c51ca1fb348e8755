import { useMemo, useState } from 'preact/hooks'
import { Bars } from '../charts/bars.ts'
import { coloursOf } from '../charts/colours.ts'
import { Flow } from '../charts/flow.ts'
import { Heat } from '../charts/heat.ts'
import { Plot } from '../charts/plot.ts'
import { timeSeriesOf } from '../charts/series.ts'
import { useAsked, useConsole } from '../state/console-state.ts'
import { type FilterName, filterNames, type Place, queryOf, rangeMs } from '../state/place.ts'
import { Body, Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'
import { numberOf } from '../words/units.ts'
import { columnsOf, type PanelAnswer, type PanelMeta } from './panel-shape.ts'
import { PanelTable } from './panel-table.ts'
import { Stat } from './stat.ts'

/** A panel of the API, drawn as its kind says. Anything it draws is also there as a table and as CSV. */
export function Panel({ meta, size }: { meta: PanelMeta; size?: string }) {
  const { place, nowMs } = useConsole()
  const [isTable, setTable] = useState(false)
  const path = panelPath(meta, place, nowMs())
  const asked = useAsked<PanelAnswer>(path)
  const rows = asked.data?.rows ?? []
  const isDrawn = meta.kind !== 'table' && meta.kind !== 'stat'
  const tools = html`${
    isDrawn &&
    html`<button type="button" class="quiet" aria-pressed=${isTable} onClick=${() => setTable(!isTable)}>Table<span
      class="visually-hidden"> of ${meta.title}</span></button>`
  }
    <a class="quiet" href=${`${path}&format=csv`} download=${`${meta.name}.csv`}>CSV<span
      class="visually-hidden"> of ${meta.title}</span></a>`
  return html`<${Frame} title=${meta.title} question=${meta.question} counts=${meta.counts}
    size=${`${size ?? ''} kind-${meta.kind}`} tools=${tools} isStale=${asked.isLoading && asked.data !== undefined}>
    <${Body} asked=${asked} isEmpty=${rows.length === 0}>
      ${
        asked.data &&
        (isTable
          ? html`<${PanelTable} meta=${meta} answer=${asked.data} />`
          : html`<${Drawing} meta=${meta}
        answer=${asked.data} />`)
      }
    </${Body}>
  </${Frame}>`
}

/** The path that a panel's rows are asked for with: range and those filters that it knows. */
export function panelPath(meta: PanelMeta, place: Place, nowMs: number): string {
  const known = filterNames.filter(name => meta.variables.some(variable => variable === name || `${variable}_id` === name))
  return `/v1/panels/${meta.name}?${queryOf(place, nowMs, known as FilterName[])}`
}

function Drawing({ meta, answer }: { meta: PanelMeta; answer: PanelAnswer }) {
  const hasTime = columnsOf(answer.columns, 'time').length > 0
  switch (meta.kind) {
    case 'stat':
      return html`<${Stat} meta=${meta} answer=${answer} />`
    case 'table':
      return html`<${PanelTable} meta=${meta} answer=${answer} />`
    case 'flow':
      return html`<${FlowOf} meta=${meta} answer=${answer} />`
    case 'bars':
      return hasTime ? html`<${OverTime} meta=${meta} answer=${answer} />` : html`<${BarsOf} meta=${meta} answer=${answer} />`
    default:
      return html`<${OverTime} meta=${meta} answer=${answer} />`
  }
}

function OverTime({ meta, answer }: { meta: PanelMeta; answer: PanelAnswer }) {
  const { place, isDark, nowMs } = useConsole()
  const isAdded = meta.kind === 'area' || meta.kind === 'bars'
  const series = useMemo(() => {
    const [time, name] = [columnsOf(answer.columns, 'time')[0], columnsOf(answer.columns, 'series')[0]]
    return timeSeriesOf(
      answer.rows,
      { time: time?.name ?? 'time', series: name?.name, values: columnsOf(answer.columns, 'value') },
      { isAdded },
    )
  }, [answer, isAdded])
  const unit = columnsOf(answer.columns, 'value')[0]?.unit ?? meta.unit
  if (meta.kind === 'heat') return html`<${Heat} series=${series} unit=${unit} />`
  const { fromMs, toMs } = rangeMs(place, nowMs())
  const [fromS, toS] = [Date.parse(answer.from) / 1000 || fromMs / 1000, Date.parse(answer.to) / 1000 || toMs / 1000]
  const subject = {
    kind: meta.kind as 'line' | 'area' | 'bars',
    names: series.names,
    colours: coloursOf(series.names, isDark),
    unit,
    thresholds: meta.thresholds ?? [],
    fromS,
    toS,
    stepS: stepOf(answer.step),
    settledS: answer.settled_until === null ? undefined : Date.parse(answer.settled_until) / 1000,
    zone: place.zone,
  }
  return html`<${Plot} subject=${subject} series=${series} title=${meta.title} />`
}

function BarsOf({ meta, answer }: { meta: PanelMeta; answer: PanelAnswer }) {
  const value = columnsOf(answer.columns, 'value')[0]
  const labels = answer.columns.filter(({ role }) => role === 'label' || role === 'series')
  if (value === undefined) return null
  const bars = answer.rows.map(row => ({
    name:
      labels
        .map(({ name }) => String(row[name] ?? ''))
        .filter(Boolean)
        .join(' · ') || 'none',
    value: numberOf(row[value.name]) ?? 0,
  }))
  return html`<${Bars} bars=${bars.slice(0, 12)} unit=${value.unit ?? meta.unit} />`
}

function FlowOf({ meta, answer }: { meta: PanelMeta; answer: PanelAnswer }) {
  const value = columnsOf(answer.columns, 'value')[0]
  const labels = answer.columns.filter(({ role }) => role === 'label' || role === 'series')
  if (value === undefined) return null
  const rows = answer.rows.map(row => ({
    path: labels.map(({ name }) => String(row[name] ?? '') || 'none'),
    amount: numberOf(row[value.name]) ?? 0,
  }))
  return html`<${Flow} rows=${rows} unit=${value.unit ?? meta.unit} counts=${meta.counts} heads=${labels.map(({ title }) => title)} />`
}

function stepOf(step: PanelAnswer['step']): number {
  if (typeof step === 'number') return step
  const [, amount, unit] = /^P?T?(\d+)([SMHD])$/.exec(step ?? '') ?? []
  return Number(amount ?? 60) * ({ S: 1, M: 60, H: 3600, D: 86_400 }[unit ?? 'S'] ?? 1)
}
