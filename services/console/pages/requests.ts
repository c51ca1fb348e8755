import { useState } from 'preact/hooks'
import { useAsked, useConsole } from '../state/console-state.ts'
import { goTo } from '../state/navigation.ts'
import { filterNames, hrefOf, linkTo, queryOf } from '../state/place.ts'
import { PageHead } from '../view/answer-head.ts'
import { Body, Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'
import { Table, type TableColumn } from '../view/table.ts'
import { moneyText, NOTHING } from '../words/numbers.ts'
import { momentText } from '../words/times.ts'
import { OneRequest, OutcomeMark } from './one-request.ts'
import type { ListedRequest } from './request-shape.ts'

/** Filters of this page's own, which the endpoint knows by the same names. */
const choices: readonly { name: string; title: string; values: readonly (readonly [value: string, title: string])[] }[] = [
  {
    name: 'outcome',
    title: 'Attempts that ended',
    values: [
      ['', 'in any way'],
      ['ok', 'well'],
      ['error', 'with an error'],
      ['rejected', 'refused'],
      ['cancelled', 'cut by the client'],
    ],
  },
  {
    name: 'is_fallback',
    title: 'Fallbacks',
    values: [
      ['', 'with and without'],
      ['true', 'only these'],
    ],
  },
  {
    name: 'is_retry',
    title: 'Retries',
    values: [
      ['', 'with and without'],
      ['true', 'only these'],
    ],
  },
]
const passed: readonly string[] = [
  'request_model',
  'outcome',
  'is_fallback',
  'is_retry',
  'error_class',
  'api_key_id',
  'user_id',
  'upstream',
  'source',
  'request_id',
  'status_code',
]

/** Examples: the requests behind a figure, and from there to one of them. */
export function Requests() {
  const { place } = useConsole()
  return place.item === '' ? html`<${List} />` : html`<${OneRequest} requestId=${place.item} />`
}

function List() {
  const { place, nowMs } = useConsole()
  const [cursor, setCursor] = useState<readonly string[]>([])
  const query = queryOf(place, nowMs(), filterNames)
  for (const name of passed) if (place.own[name]) query.set(name, place.own[name])
  query.set('limit', '50')
  const csv = `/v1/requests?${query}&format=csv`
  const last = cursor.at(-1)
  if (last !== undefined) for (const name of ['from', 'to']) query.delete(name)
  const asked = useAsked<{ requests: readonly ListedRequest[]; next_cursor: string | null }>(
    `/v1/requests?${query}${last === undefined ? '' : `&cursor=${last}`}`,
  )
  const next = asked.data?.next_cursor
  const choose = (name: string, value: string) => {
    setCursor([])
    goTo(hrefOf({ ...place, own: Object.fromEntries(Object.entries({ ...place.own, [name]: value }).filter(([, text]) => text !== '')) }))
  }
  return html`<${PageHead} title="Requests"><p
    class="lead">The requests behind the figures, oldest first, each with its attempts, what they cost and why they
      failed.</p></${PageHead}>
    <div class="filters">
      ${choices.map(
        ({ name, title, values }) => html`<label>${title}
        <select onChange=${(event: Event) => choose(name, (event.target as HTMLSelectElement).value)}>
          ${values.map(([value, text]) => html`<option value=${value} selected=${(place.own[name] ?? '') === value}>${text}</option>`)}
        </select></label>`,
      )}
    </div>
    <${Frame} title="Requests" counts="requests with an attempt that fits" tools=${html`<a class="quiet" href=${csv}
      download="requests.csv">CSV</a>`} isStale=${asked.isLoading && asked.data !== undefined}>
      <${Body} asked=${asked} isEmpty=${asked.data?.requests.length === 0}>
        <${Table} caption="Requests" columns=${columnsFor(place)} rows=${asked.data?.requests ?? []} first=${50} />
        <p class="actions">
          ${
            cursor.length > 0 &&
            html`<button type="button" class="quiet"
            onClick=${() => setCursor(cursor.slice(0, -1))}>← Earlier</button>`
          }
          ${next && html`<button type="button" class="quiet" onClick=${() => setCursor([...cursor, next])}>Later →</button>`}
        </p>
      </${Body}>
    </${Frame}>`
}

function columnsFor(place: Parameters<typeof linkTo>[0]): readonly TableColumn<ListedRequest>[] {
  const model = ({ attempts }: ListedRequest) => attempts[0]?.request_model ?? ''
  return [
    {
      title: 'Started',
      value: row => row.started_at,
      cell: row => html`<a
        href=${linkTo(place, 'requests', { item: row.request_id, filters: { tenant_id: [row.tenant_id] } })}
        >${momentText(Date.parse(row.started_at), place.zone)}</a>`,
    },
    { title: 'Tenant', value: row => row.tenant_id },
    { title: 'Route', value: row => row.route },
    { title: 'Model', value: model },
    { title: 'Ended', value: row => row.outcome, cell: row => html`<${OutcomeMark} outcome=${row.outcome} />` },
    { title: 'Attempts', value: row => row.attempts_reported, unit: 'short', isNumber: true },
    { title: 'Took', value: row => row.duration_ms, unit: 'ms', isNumber: true },
    {
      title: 'List cost',
      value: row => row.list_cost,
      isNumber: true,
      cell: row => (row.list_cost === null ? NOTHING : moneyText(Number(row.list_cost), row.currency || 'USD')),
    },
  ]
}
