import { BoardOf } from '../panels/board.ts'
import { quantileOf, type ReportAnswer, reportPath } from '../panels/report.ts'
import { useAsked, useConsole } from '../state/console-state.ts'
import { html } from '../view/html.ts'
import { KeyFigures } from '../view/key-figures.ts'
import { countText } from '../words/numbers.ts'
import { StandsOut } from './stands-out.ts'

/** What stands out now: findings and alerts first, the figures below. */
export function Overview() {
  return html`<${StandsOut} />
    <${Figures} />
    <${BoardOf} name="overview" without=${['alerts-open', 'promise-kept']} />`
}

/** How much there was, how well it was answered and what it cost in the range. */
export function Figures() {
  const { place, nowMs } = useConsole()
  const usage = useAsked<ReportAnswer>(reportPath('/v1/usage', [], place, nowMs()))
  const latency = useAsked<ReportAnswer>(reportPath('/v1/latency', [], place, nowMs()))
  const rows = usage.data?.rows
  if (rows === undefined || rows.length === 0) return null
  const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name] ?? 0), 0)
  const [asked, answered, unpriced, attempts] = ['requests', 'successful_requests', 'unpriced_attempts', 'attempts'].map(sum) as [
    number,
    number,
    number,
    number,
  ]
  const main = rows.toSorted((one, other) => Number(other['requests']) - Number(one['requests']))[0]
  const currency = String(main?.['currency'] || 'USD')
  const others = rows.length > 1 ? `and ${rows.length - 1} other ${rows.length === 2 ? 'currency' : 'currencies'}` : undefined
  const timed = latency.data?.rows[0]
  const figures = [
    { title: 'Requests', value: asked, unit: 'short', note: `${countText(attempts)} attempts` },
    {
      title: 'Answered',
      value: asked === 0 ? null : answered / asked,
      unit: 'percentunit',
      note: `${countText(asked - answered)} were not`,
    },
    { title: 'First token', value: timed && quantileOf(timed, 'ttft_ms', 'p95'), unit: 'ms', note: '95 of 100 within' },
    { title: 'Spend', value: main?.['list_cost'], unit: `currency${currency}`, note: others ?? 'at list prices' },
    {
      title: 'Without a price',
      value: attempts === 0 ? null : unpriced / attempts,
      unit: 'percentunit',
      note: unpriced === 0 ? 'of attempts' : 'of attempts, in no cost',
    },
  ]
  return html`<${KeyFigures} figures=${figures} />`
}
