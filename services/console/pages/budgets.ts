import { useAsked } from '../state/console-state.ts'
import { Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'
import { moneyText, shareText } from '../words/numbers.ts'

interface Budget {
  readonly budget: string
  readonly state: string
  readonly tenant_id: string
  readonly team: string
  readonly period: string
  readonly currency: string
  readonly amount: string
  readonly spent: string
  readonly spent_ratio: number
  readonly committed: string
  readonly forecast: string | null
  readonly exhausted_on: string | null
}

const marks: Readonly<Record<string, readonly [kind: string, sign: string]>> = {
  ok: ['is-good', '●'],
  at_risk: ['is-warn', '▲'],
  exceeded: ['is-bad', '■'],
}

/** How budgets stand: spent of the amount, and where the period will end at this pace. Periods go by days in the budget's own zone. */
export function Budgets({ tenant }: { tenant?: string }) {
  const path = `/v1/budgets${tenant === undefined ? '' : `?tenant_id=${encodeURIComponent(tenant)}`}`
  const { data } = useAsked<{ budgets: readonly Budget[] }>(path)
  if (data === undefined || data.budgets.length === 0) return null
  return html`<${Frame} title="Budgets" question="Will they hold?" counts="spent of the amount, and the forecast for the period">
    <ul class="budgets">${data.budgets.map(budget => html`<${BudgetLine} budget=${budget} />`)}</ul>
  </${Frame}>`
}

function BudgetLine({ budget }: { budget: Budget }) {
  const [kind, sign] = marks[budget.state] ?? ['is-bad', '■']
  const money = (text: string) => moneyText(Number(text), budget.currency)
  const amount = Number(budget.amount) || 1
  const forecast = budget.forecast === null ? undefined : Number(budget.forecast) / amount
  const scale = Math.max(1, budget.spent_ratio, forecast ?? 0)
  return html`<li>
    <span class="bar-name">${budget.budget} <span class="small">${budget.tenant_id || budget.team}</span></span>
    <span class=${`mark ${kind}`}><span aria-hidden="true">${sign}</span> ${budget.state.replaceAll('_', ' ')}</span>
    <svg class="budget" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">
      <rect class="bar-track" width="1000" height="12" />
      ${forecast !== undefined && html`<rect class="budget-forecast" width=${(forecast / scale) * 1000} height="12" />`}
      <rect class=${budget.spent_ratio > 1 ? 'bar-less' : 'bar-more'} width=${(budget.spent_ratio / scale) * 1000} height="12" />
      ${scale > 1 && html`<rect class="budget-end" x=${1000 / scale - 2} width="4" height="12" />`}
    </svg>
    <span class="small budget-words">
      ${money(budget.spent)} of ${money(budget.amount)} (${shareText(budget.spent_ratio)}) this ${budget.period}
      ${budget.forecast !== null && `, ${money(budget.forecast)} by its end at this pace`}
      ${budget.exhausted_on !== null && `; used up on ${budget.exhausted_on}`}
    </span>
  </li>`
}
