import { BoardOf } from '../panels/board.ts'
import type { PanelRow } from '../panels/panel-shape.ts'
import { quantileOf, type ReportAnswer, reportPath } from '../panels/report.ts'
import { useAsked, useConsole } from '../state/console-state.ts'
import { linkTo } from '../state/place.ts'
import { PageHead } from '../view/answer-head.ts'
import { Body, Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'
import { Table, type TableColumn } from '../view/table.ts'
import { countText, moneyText } from '../words/numbers.ts'
import { Tenant } from './tenant.ts'

interface Row {
  readonly tenant: string
  readonly requests: number
  readonly answered: number | null
  readonly costs: readonly { currency: string; amount: number }[]
  readonly tokens: number
  readonly firstToken: number | null
  readonly duration: number | null
  readonly unpriced: number | null
}

/** Who uses what, how well: a row a tenant, and from there to one of them. */
export function Tenants() {
  const { place } = useConsole()
  return place.item === '' ? html`<${Roster} />` : html`<${Tenant} tenant=${place.item} />`
}

function Roster() {
  const { place, nowMs } = useConsole()
  const ask = (path: string) => useAsked<ReportAnswer>(reportPath(path, ['tenant_id'], place, nowMs()))
  const [usage, latency] = [ask('/v1/usage'), ask('/v1/latency')]
  const rows = rosterOf(usage.data?.rows ?? [], latency.data?.rows ?? [])
  return html`<${PageHead} title="Tenants"><p class="lead">${lead(rows, usage.data !== undefined)}</p></${PageHead}>
    <${Frame} title="Who uses what, how well" counts="requests by the tenant that they are charged to; cost at list prices">
      <${Body} asked=${usage} isEmpty=${rows.length === 0}><${Table} caption="Tenants" columns=${columnsFor(place)} rows=${rows}
        sort=${1} /></${Body}>
    </${Frame}>
    <${BoardOf} name="tenants" without=${['who-spends']} />`
}

function columnsFor(place: Parameters<typeof linkTo>[0]): readonly TableColumn<Row>[] {
  return [
    {
      title: 'Tenant',
      value: row => row.tenant,
      cell: row => html`<a href=${linkTo(place, 'tenants', { item: row.tenant })}><bdi>${row.tenant || '(none)'}</bdi></a>`,
    },
    {
      title: 'Spend',
      value: row => row.costs[0]?.amount ?? null,
      cell: row => (row.costs.length === 0 ? undefined : row.costs.map(({ currency, amount }) => moneyText(amount, currency)).join(' + ')),
      isNumber: true,
      hasBar: true,
    },
    { title: 'Requests', value: row => row.requests, unit: 'short', isNumber: true },
    { title: 'Answered', value: row => row.answered, unit: 'percentunit', isNumber: true },
    { title: 'First token, 95 of 100', value: row => row.firstToken, unit: 'ms', isNumber: true },
    { title: 'Whole answer, 95 of 100', value: row => row.duration, unit: 'ms', isNumber: true },
    { title: 'Tokens', value: row => row.tokens, unit: 'short', isNumber: true },
    { title: 'Without a price', value: row => row.unpriced, unit: 'percentunit', isNumber: true },
  ]
}

function rosterOf(usage: readonly PanelRow[], latency: readonly PanelRow[]): readonly Row[] {
  const timed = new Map(latency.map(row => [row['tenant_id'], row]))
  return [...Map.groupBy(usage, row => String(row['tenant_id']))].map(([tenant, rows]) => {
    const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name] ?? 0), 0)
    const times = timed.get(tenant)
    const [requests, attempts] = [sum('requests'), sum('attempts')]
    const costs = rows.map(row => ({ currency: String(row['currency'] || ''), amount: Number(row['list_cost'] ?? 0) }))
    return {
      tenant,
      requests,
      answered: requests === 0 ? null : sum('successful_requests') / requests,
      costs: costs.filter(({ currency, amount }) => currency !== '' && amount > 0).sort((one, other) => other.amount - one.amount),
      tokens: sum('input_tokens') + sum('output_tokens'),
      firstToken: times === undefined ? null : quantileOf(times, 'ttft_ms', 'p95'),
      duration: times === undefined ? null : quantileOf(times, 'duration_ms', 'p95'),
      unpriced: attempts === 0 ? null : sum('unpriced_attempts') / attempts,
    }
  })
}

function lead(rows: readonly Row[], isKnown: boolean): string {
  if (!isKnown) return 'Looking …'
  const total = rows.reduce((sum, { requests }) => sum + requests, 0)
  const most = rows.toSorted((one, other) => other.requests - one.requests)[0]
  if (most === undefined) return 'Nobody sent a request in this range.'
  const share = Math.round((most.requests / total) * 100)
  const worst = rows.filter(({ requests }) => requests >= 20).toSorted((one, other) => (one.answered ?? 1) - (other.answered ?? 1))[0]
  const worse =
    worst !== undefined && (worst.answered ?? 1) < 0.99
      ? `; ${worst.tenant} was answered worst, ${Math.floor((worst.answered ?? 1) * 1000) / 10} % of the time`
      : ''
  const who = `${rows.length} ${rows.length === 1 ? 'tenant' : 'tenants'}`
  return `${who} sent ${countText(total)} requests; ${most.tenant} sent most, ${share} %${worse}.`
}
