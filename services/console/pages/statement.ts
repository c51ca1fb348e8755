import { useAsked, useConsole } from '../state/console-state.ts'
import { goTo } from '../state/navigation.ts'
import { hrefOf, linkTo } from '../state/place.ts'
import { PageHead } from '../view/answer-head.ts'
import { Body, Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'
import { KeyFigures } from '../view/key-figures.ts'
import { Table } from '../view/table.ts'
import { moneyText, NOTHING } from '../words/numbers.ts'
import { momentText } from '../words/times.ts'
import { numberOf } from '../words/units.ts'

type Line = Readonly<Record<string, string | number | boolean | null>>
interface Draft {
  readonly tenant_name: string
  readonly month: string
  readonly time_zone: string
  readonly currency: string
  readonly as_of: string
  readonly statement_id: string
  readonly status: string
  readonly precise_total: string
  readonly payable: string
  readonly content_sha256: string
  readonly lines: readonly Line[]
}
interface Head {
  readonly statement_id: string
  readonly tenant_id: string
  readonly month: string
  readonly status?: string
  readonly payable?: string
  readonly currency?: string
}

/** What a tenant owes for a month and why: a draft of the month that runs, or closed statements as issued. */
export function StatementPage() {
  const { place, nowMs, reader } = useConsole()
  const tenant = place.item || reader.tenants[0] || ''
  const month = /^\d{4}-\d\d$/.test(place.own['month'] ?? '') ? (place.own['month'] as string) : new Date(nowMs()).toISOString().slice(0, 7)
  const usage = useAsked<{ rows: readonly { tenant_id: string }[] }>('/v1/usage?group_by=tenant_id&limit=1000')
  const names = [...new Set([tenant, ...reader.tenants, ...(usage.data?.rows ?? []).map(row => row.tenant_id)])].filter(Boolean).sort()
  const to = (item: string, chosen: string) => goTo(hrefOf({ ...place, page: 'statement', item, own: { month: chosen } }))
  return html`<${PageHead} title=${tenant === '' ? 'Statements' : `Statement of ${tenant}`}>
      <p class="lead">What is owed for a month, line by line. Days are those of the tenant's billing calendar, whatever
        zone is chosen above.</p>
    </${PageHead}>
    <div class="filters">
      <label>Tenant <select onChange=${(event: Event) => to((event.target as HTMLSelectElement).value, month)}>
        ${tenant === '' && html`<option value="">Choose …</option>`}${names.map(
          name => html`<option value=${name}
          selected=${name === tenant}>${name}</option>`,
        )}
      </select></label>
      <label>Month <input type="month" value=${month} max=${new Date(nowMs()).toISOString().slice(0, 7)}
        onChange=${(event: Event) => to(tenant, (event.target as HTMLInputElement).value)} /></label>
    </div>
    ${tenant !== '' && html`<${DraftOf} tenant=${tenant} month=${month} />`}
    <${Closed} tenant=${tenant} />`
}

function DraftOf({ tenant, month }: { tenant: string; month: string }) {
  const { place } = useConsole()
  const path = `/v1/statements/draft?tenant_id=${encodeURIComponent(tenant)}&month=${month}`
  const asked = useAsked<Draft>(path)
  const draft = asked.data
  const tools = html`<a class="quiet" href=${`${path}&format=html`} target="_blank" rel="noopener">Printable page</a><a
    class="quiet" href=${`${path}&format=csv`} download=${`${tenant}-${month}.csv`}>CSV</a>`
  const money = (value: unknown) => {
    const number = numberOf(value)
    return number === undefined || draft === undefined ? NOTHING : moneyText(number, draft.currency)
  }
  const figures = draft && [
    { title: 'To pay', value: draft.payable, unit: `currency${draft.currency}`, note: `for ${draft.month}, as things stand` },
    {
      title: 'Exactly',
      value: `${draft.precise_total} ${draft.currency}`,
      unit: 'string',
      note: `as of ${momentText(Date.parse(draft.as_of), place.zone)}`,
    },
  ]
  return html`<${Frame} title=${draft ? `${draft.tenant_name || tenant}, ${draft.month}` : 'Draft'}
    counts=${draft ? `${draft.status}, calendar of ${draft.time_zone}` : ''} tools=${tools}>
    <${Body} asked=${asked} isEmpty=${draft?.lines.length === 0} empty=${html`<p class="empty">Nothing is owed for this month.</p>`}>
      ${figures && html`<${KeyFigures} figures=${figures} />`}
      <${Table} caption="Lines" first=${40} rows=${draft?.lines ?? []} columns=${[
        { title: 'For', value: (line: Line) => line['description'] },
        { title: 'Quantity', value: (line: Line) => line['quantity'], unit: 'short', isNumber: true },
        { title: 'Unit', value: (line: Line) => line['unit'] },
        {
          title: 'Price of one',
          value: (line: Line) => line['contracted_unit_price'],
          isNumber: true,
          cell: (line: Line) => (line['contracted_unit_price'] === null ? NOTHING : `${line['contracted_unit_price']}`),
        },
        {
          title: 'Cost',
          value: (line: Line) => line['precise_cost'],
          isNumber: true,
          hasBar: true,
          cell: (line: Line) => money(line['precise_cost']),
        },
      ]} />
      ${
        draft &&
        html`<p
        class="small">Statement ${draft.statement_id}; its content has the SHA-256 ${draft.content_sha256.slice(0, 16)}… <a
          href=${linkTo(place, 'requests', { filters: { tenant_id: [tenant] } })}>The requests behind it</a></p>`
      }
    </${Body}>
  </${Frame}>`
}

function Closed({ tenant }: { tenant: string }) {
  const asked = useAsked<{ statements: readonly Head[] }>(`/v1/statements${tenant && `?tenant_id=${encodeURIComponent(tenant)}`}`)
  const heads = asked.data?.statements ?? []
  return html`<${Frame} title="Closed statements" counts="as issued; they never change">
    <${Body} asked=${asked} isEmpty=${heads.length === 0} empty=${html`<p
      class="small">None is closed yet: weir statements close does it.</p>`}>
      <${Table} caption="Closed statements" rows=${heads} columns=${[
        {
          title: 'Month',
          value: (head: Head) => head.month,
          cell: (head: Head) => html`<a
          href=${`/v1/statements/${encodeURIComponent(head.statement_id)}?format=html`} target="_blank" rel="noopener">${head.month}</a>`,
        },
        { title: 'Tenant', value: (head: Head) => head.tenant_id },
        {
          title: 'To pay',
          value: (head: Head) => head.payable,
          isNumber: true,
          cell: (head: Head) => (head.payable === undefined ? NOTHING : moneyText(Number(head.payable), head.currency ?? 'USD')),
        },
        { title: 'Statement', value: (head: Head) => head.statement_id },
      ]} />
    </${Body}>
  </${Frame}>`
}
