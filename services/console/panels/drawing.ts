import { useMemo } from 'preact/hooks'
import { Bars } from '../charts/bars.ts'
import { coloursOf } from '../charts/colours.ts'
import { Flow } from '../charts/flow.ts'
import { Heat } from '../charts/heat.ts'
import { Plot } from '../charts/plot.ts'
import { stepSeconds, timeSeriesOf } from '../charts/series.ts'
import { useConsole } from '../state/console-state.ts'
import { rangeMs } from '../state/place.ts'
import { html } from '../view/html.ts'
import { numberOf } from '../words/units.ts'
import { columnsOf, type PanelAnswer, type PanelMeta, type PanelRow } from './panel-shape.ts'
import { PanelTable } from './panel-table.ts'
import { Stat } from './stat.ts'

interface Drawn {
  meta: PanelMeta
  answer: PanelAnswer
}

/** The rows of a panel, drawn as its kind says. */
export function Drawing({ meta, answer }: Drawn) {
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

function OverTime({ meta, answer }: Drawn) {
  const { place, isDark, nowMs } = useConsole()
  const isAdded = meta.kind === 'area' || meta.kind === 'bars'
  const series = useMemo(() => {
    const [time, name] = [columnsOf(answer.columns, 'time')[0], columnsOf(answer.columns, 'series')[0]]
    const values = columnsOf(answer.columns, 'value')
    return timeSeriesOf(
      answer.rows,
      { time: time?.name ?? 'time', series: name?.name, values },
      { isAdded, stepS: stepSeconds(answer.step) },
    )
  }, [answer, isAdded])
  const unit = columnsOf(answer.columns, 'value')[0]?.unit ?? meta.unit
  if (meta.kind === 'heat') return html`<${Heat} series=${series} unit=${unit} />`
  const { fromMs, toMs } = rangeMs(place, nowMs())
  const subject = {
    // One or two moments are no area.
    kind: meta.kind === 'area' && series.times.length <= 2 ? 'bars' : (meta.kind as 'line' | 'area' | 'bars'),
    names: series.names,
    colours: coloursOf(series.names, isDark),
    unit,
    thresholds: meta.thresholds ?? [],
    fromS: (Date.parse(answer.from) || fromMs) / 1000,
    toS: (Date.parse(answer.to) || toMs) / 1000,
    settledS: answer.settled_until === null ? undefined : Date.parse(answer.settled_until) / 1000,
    zone: place.zone,
  }
  return html`<${Plot} subject=${subject} series=${series} title=${meta.title} />`
}

function BarsOf({ meta, answer }: Drawn) {
  const value = columnsOf(answer.columns, 'value')[0]
  if (value === undefined) return null
  const bars = answer.rows.map(row => ({
    name: wordsOf(labelsOf(answer, row).filter(Boolean).join(' · ')) || 'none',
    value: numberOf(row[value.name]) ?? 0,
  }))
  return html`<${Bars} bars=${bars.slice(0, 12)} unit=${value.unit ?? meta.unit} />`
}

function FlowOf({ meta, answer }: Drawn) {
  const value = columnsOf(answer.columns, 'value')[0]
  if (value === undefined) return null
  const rows = answer.rows.map(row => ({ path: labelsOf(answer, row).map(name => name || 'none'), amount: numberOf(row[value.name]) ?? 0 }))
  const heads = labelColumns(answer).map(({ title }) => title)
  return html`<${Flow} rows=${rows} unit=${value.unit ?? meta.unit} counts=${meta.counts} heads=${heads} />`
}

/** Names that are made of words are written as words. */
const wordsOf = (name: string) => (/^[a-z]+(?:_[a-z]+)+$/.test(name) ? name.replaceAll('_', ' ') : name)
const labelColumns = (answer: PanelAnswer) => answer.columns.filter(({ role }) => role === 'label' || role === 'series')
const labelsOf = (answer: PanelAnswer, row: PanelRow) => labelColumns(answer).map(({ name }) => String(row[name] ?? ''))
