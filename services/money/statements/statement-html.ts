import type { Decimal } from '../decimal.ts'
import { escaped } from './html-text.ts'
import { twinMarks, unitPriceOf } from './line-words.ts'
import { roundToMinorUnit } from './minor-unit.ts'
import { moneyText, preciseText, quantityText } from './money-text.ts'
import type { Statement, StatementLine } from './statement.ts'
import { iso, type StatementView } from './statement-json.ts'
import { proofHtml } from './statement-proof-html.ts'
import { statementStyle } from './statement-style.ts'
import { type LineGroup, laterLines, lineGroups, remarks, sum } from './statement-words.ts'

/**
 * Statements as one page without scripts or outside resources, each on sheets of its own when it is printed. Everything that is not ours is
 * escaped.
 */
export function statementsHtml(statements: readonly Statement[], view: StatementView = { seesVolumes: true }): string {
  const [first] = statements
  const title = statements.length === 1 && first ? `${first.tenant_name}, ${monthName(first.month)}` : `${statements.length} statements`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)}</title>
<style>${statementStyle}</style></head>
<body>
${statements.map(statement => statementHtml(statement, view)).join('\n')}
</body></html>
`
}

function statementHtml(statement: Statement, view: StatementView): string {
  const groups = lineGroups(statement)
  const later = laterLines(statement)
  return `<main>
${headHtml(statement)}
${factsHtml(statement)}
${whereHtml(groups, statement)}
${remarksHtml(statement)}
${linesHtml(groups, statement)}
${laterHtml(later, statement)}
${totalHtml(statement)}
${proofHtml(statement, view)}
</main>`
}

function headHtml(statement: Statement): string {
  const { currency, status } = statement
  const places = [
    statement.team && `Team ${statement.team}`,
    statement.cost_centre && `Cost centre ${statement.cost_centre}`,
    statement.gl_code && `GL ${statement.gl_code}`,
  ]
  const tags = Object.entries(statement.tags).map(([key, value]) => `${key}: ${value}`)
  const what = status === 'closed' ? 'Statement' : 'Draft statement'
  const zone = statement.time_zone
  const isWhole = statement.as_of_ms === null || statement.as_of_ms >= statement.period_end_ms
  return `<header><div><p class="issuer">${escaped(statement.issuer)}</p><h1>${escaped(statement.tenant_name)}</h1>
<p class="when">${what} for <b>${monthName(statement.month)}</b></p>
<p class="soft">${day(statement.period_start_ms, zone)} to ${day(statement.period_end_ms - 1, zone)}, days of ${escaped(zone)}</p>
<p class="soft">${escaped([...places.filter(Boolean), ...tags].join(' · '))}</p></div>
<div class="payable"><p>${status === 'closed' ? 'Payable' : isWhole ? 'So far' : `So far, as of ${iso(statement.as_of_ms ?? 0)}`}</p>
<p class="amount">${moneyText(statement.payable, currency)}<span>${escaped(currency)}</span></p>
<p class="soft">${escaped(statement.statement_id)}</p></div></header>`
}

function factsHtml(statement: Statement): string {
  const { lines, currency, basis } = statement
  // A share of a common cost has no list price.
  const isUsage = ({ meter }: StatementLine) => meter !== 'commitment_unused' && meter !== 'shared_cost'
  const usage = lines.filter(line => line.charge_class === '' && line.charge_category === 'Usage' && isUsage(line))
  const list = sum(usage, 'list_cost')
  const saved = list - sum(usage, 'effective_cost')
  const later = sum(laterLines(statement), 'billed_cost')
  const facts = [
    ['Requests', basis.requests.toLocaleString('en-US')],
    ['Usage at list prices', cents(list, currency)],
    ['Agreed prices saved', cents(saved, currency)],
    ['Corrections and adjustments', moneyText(later, currency)],
  ]
  return `<dl class="facts">${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>`
}

/** Groups on the chart; the rest stand together. */
const MOST_BARS = 8

function whereHtml(groups: readonly LineGroup[], statement: Statement): string {
  if (groups.length === 0) return '<section><h2>Nothing was used</h2><p class="soft">No charge was settled for this month.</p></section>'
  const total = groups.reduce((all, group) => all + group.billed, 0n)
  const shown = groups.slice(0, MOST_BARS)
  const rest = groups.slice(MOST_BARS)
  const others = { name: `${rest.length} others`, origin: '', billed: rest.reduce((all, group) => all + group.billed, 0n) }
  const bars = [...shown, ...(rest.length > 0 ? [others] : [])]
  const [largest = 1n] = bars
    .map(bar => bar.billed)
    .filter(billed => billed > 0n)
    .sort((a, b) => (a > b ? -1 : 1))
  const rows = bars.map(bar => {
    const width = bar.billed > 0n ? Number((bar.billed * 1000n) / largest) / 10 : 0
    const share = total > 0n ? Number((bar.billed * 1000n) / total) / 10 : 0
    return (
      `<tr><th>${escaped(bar.name)} <span>${escaped(bar.origin)}</span></th><td ` +
      `class="bar">${width > 0 ? `<i style="width:${width}%"></i>` : ''}</td><td class="num soft">${share.toFixed(1)} %</td><td ` +
      `class="num">${moneyText(bar.billed, statement.currency)}</td></tr>`
    )
  })
  return `<section><h2>Where it went</h2><table class="bars">${rows.join('\n')}</table></section>`
}

function remarksHtml(statement: Statement): string {
  const found = remarks(statement)
  if (found.length === 0) return ''
  const parts = found.map(({ title, text }) => `<div><h3>${escaped(title)}</h3><p>${escaped(text)}</p></div>`)
  return `<section class="remarks">${parts.join('')}</section>`
}

function linesHtml(groups: readonly LineGroup[], statement: Statement): string {
  const { currency } = statement
  if (groups.length === 0) return ''
  const marks = twinMarks(statement.lines)
  const bodies = groups.map(
    group => `<tbody><tr class="group"><th colspan="4">${escaped(group.name)} <span>${escaped(group.origin)}</span></th>
<td class="num">${moneyText(group.billed, currency)}</td></tr>
${group.lines.map(line => lineHtml(line, currency, marks.get(line))).join('\n')}</tbody>`,
  )
  return `<section><h2>Line by line</h2><table class="lines"><thead><tr><th></th>
<th class="num">Quantity</th><th class="num">Price</th><th class="num">At list</th>
<th class="num">Billed ${escaped(currency)}</th></tr></thead>
${bodies.join('\n')}</table></section>`
}

function lineHtml(line: StatementLine, currency: string, twin: string | undefined): string {
  const marks = [
    twin,
    line.meter === 'commitment_unused' && `${cents(line.effective_cost, currency)} ${currency}`,
    line.is_wasted && 'paid for nothing',
    line.estimate_method !== '' && 'estimated',
    line.commitment_id !== '' && line.upstream_kind !== '' && `covered by ${line.commitment_id}`,
    line.rate_term !== '' && line.meter !== 'shared_cost' && line.rate_term,
    line.service_tier,
    line.region,
    line.min_input_tokens > 0 && `above ${quantityText(BigInt(line.min_input_tokens) * 10n ** 18n)} tokens`,
  ].filter(Boolean) as string[]
  const name = meterNames[line.meter] ?? line.meter.replaceAll('_', ' ')
  const quantity = line.quantity === 0n ? '' : `${quantityText(line.quantity)} <span>${escaped(line.unit)}</span>`
  return (
    `<tr><td>${escaped(name)}${marks.map(mark => `<em>${escaped(mark)}</em>`).join('')}</td><td class="num">${quantity}</td><td ` +
    `class="num">${priceHtml(line)}</td><td class="num soft">${cents(line.list_cost, currency)}</td><td ` +
    `class="num">${moneyText(line.billed_cost, currency)}</td></tr>`
  )
}

const meterNames: Readonly<Record<string, string>> = {
  gpu_busy: 'GPU time at work',
  gpu_idle: 'GPU time idle',
  gpu_unattributed: 'GPU time that no request explains',
  shared_cost: 'Share of the whole',
  commitment: 'Committed for the month',
  commitment_unused: 'Not used',
}

function priceHtml(line: StatementLine): string {
  const price = unitPriceOf(line)
  if (price === '') return ''
  return price === undefined ? '<em class="warn">no price</em>' : `${price.amount} <span>${escaped(price.per)}</span>`
}

function laterHtml(lines: readonly StatementLine[], { currency }: Statement): string {
  if (lines.length === 0) return ''
  const rows = lines.map(line => {
    const corrects = line.corrects_statement ? `<br><span>corrects ${escaped(line.corrects_statement)}</span>` : ''
    const quantity = line.quantity === 0n ? '' : `${quantityText(line.quantity)} <span>${escaped(line.unit)}</span>`
    const cells = [quantity, moneyText(line.billed_cost, currency)].map(cell => `<td class="num">${cell}</td>`)
    return `<tr><td>${escaped(line.description)}${corrects}</td>${cells.join('')}</tr>`
  })
  return `<section><h2>Corrections and adjustments</h2><p class="soft">What changed about months that are closed, and what was agreed.
Closed statements stay as they were issued.</p>
<table class="lines"><thead><tr><th></th><th class="num">Quantity</th><th class="num">Billed ${escaped(currency)}</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></section>`
}

function totalHtml(statement: Statement): string {
  const { currency, lines } = statement
  const rounding = sum(
    lines.filter(line => line.meter === 'rounding'),
    'billed_cost',
  )
  const rows = [
    ['Lines as billed, each rounded', moneyText(sum(lines, 'billed_cost') - rounding, currency)],
    [`Rounding: the exact sum is ${preciseText(statement.precise_total, currency)}`, moneyText(rounding, currency)],
  ]
  return `<table class="total">${rows.map(([name, value]) => `<tr><td>${name}</td><td class="num">${value}</td></tr>`).join('')}
<tr class="sum"><td>Payable</td><td class="num">${moneyText(statement.payable, currency)} ${escaped(currency)}</td></tr></table>`
}

/** Exact amounts are in JSON and CSV; a reader wants cents. */
function cents(amount: Decimal, currency: string): string {
  return moneyText(roundToMinorUnit(amount, currency), currency)
}

function monthName(month: string): string {
  return new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(Date.parse(`${month}-01T00:00:00Z`))
}

function day(atMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone }).format(atMs)
}
