import { BoardOf } from '../panels/board.ts'
import { useAsked, useConsole } from '../state/console-state.ts'
import { linkTo, queryOf } from '../state/place.ts'
import { PageHead } from '../view/answer-head.ts'
import { Body, Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'
import { Table } from '../view/table.ts'
import { shortMoment } from '../words/times.ts'
import { AlertActions } from './alert-actions.ts'
import { type Alert, type Change, type Delivery, loudness, type Silence, stateWords } from './alert-shape.ts'
import { Severity } from './severity.ts'
import { Silences } from './silences.ts'

/** What is on and who has it; silences; how alerts changed and whom they were told. */
export function Alerts() {
  const { place } = useConsole()
  // Messages of alerts name it as a parameter.
  const chosen = place.item || (place.own['fingerprint'] ?? '')
  const alerts = useAsked<{ alerts: readonly Alert[] }>('/v1/alerts?limit=500')
  const silences = useAsked<{ silences: readonly Silence[] }>('/v1/silences')
  const again = () => {
    alerts.again()
    silences.again()
  }
  const all = (alerts.data?.alerts ?? []).toSorted((one, other) => loudness(one) - loudness(other))
  const shown = chosen === '' ? all : all.filter(({ fingerprint }) => fingerprint === chosen)
  const firing = all.filter(({ state }) => state === 'firing')
  return html`<${PageHead} title="Alerts">
      <p class="lead">${alerts.data === undefined ? 'Looking …' : lead(firing)}</p>
      ${chosen !== '' && html`<p class="small links"><a href=${linkTo(place, 'alerts')}>All alerts</a></p>`}
    </${PageHead}>
    <${Frame} title=${chosen === '' ? 'As they stand' : 'The alert'} question="What is on, who has it?">
      <${Body} asked=${alerts} isEmpty=${shown.length === 0} empty=${html`<p
        class="empty">${chosen === '' ? 'Nothing is on.' : 'That alert is over, or not yours to see.'}</p>`}>
        <ol class="findings">${shown.map(
          alert => html`<${One} key=${alert.fingerprint} alert=${alert} isWhole=${chosen !== ''}
          silences=${silences.data?.silences ?? []} again=${again} />`,
        )}</ol>
      </${Body}>
    </${Frame}>
    <${Silences} asked=${silences} again=${again} />
    <${History} />
    <${BoardOf} name="alerts" without=${['alerts-open', 'alert-deliveries', 'silences']} />`
}

function lead(firing: readonly Alert[]): string {
  if (firing.length === 0) return 'Nothing fires.'
  const pages = firing.filter(({ severity }) => severity === 'page').length
  const free = firing.filter(({ acknowledged_by }) => acknowledged_by === '').length
  const taken = free === 0 ? 'somebody has each' : `${free} ${free === 1 ? 'is' : 'are'} nobody's yet`
  return `${firing.length} ${firing.length === 1 ? 'alert fires' : 'alerts fire'}, ${pages} of them to be paged for; ${taken}.`
}

function One(props: { alert: Alert; silences: readonly Silence[]; isWhole: boolean; again: () => void }) {
  const { alert, silences, isWhole, again } = props
  const { place, nowMs } = useConsole()
  const filters = Object.fromEntries(
    ['tenant_id', 'route', 'model', 'pool', 'provider'].flatMap(name => (alert.labels[name] ? [[name, [alert.labels[name]]]] : [])),
  )
  const around = { from: new Date(Date.parse(alert.since) - 1_800_000).toISOString().replace('.000Z', 'Z'), filters }
  return html`<li>
    <span><${Severity} severity=${alert.severity} /></span>
    <div>
      <p class="finding-text"><a href=${linkTo(place, 'alerts', { item: alert.fingerprint })}>${alert.summary}</a></p>
      <p class="finding-note">
        ${stateWords[alert.state] ?? alert.state} since ${shortMoment(Date.parse(alert.since), nowMs(), place.zone)} · ${alert.rule}
        ${alert.acknowledged_by && ` · taken on by ${alert.acknowledged_by}`}
      </p>
      ${isWhole && html`<p class="alert-body">${alert.description}</p>`}
      <${AlertActions} alert=${alert} silences=${silences} again=${again}>
        <a class="quiet" href=${linkTo(place, pageOf(alert), around)}>Figures from half an hour before</a>
        <a class="quiet" href=${linkTo(place, 'requests', around)}>Requests</a>
      </${AlertActions}>
    </div>
  </li>`
}

function pageOf({ labels, rule_group }: Alert): string {
  if (labels['pool']) return 'pools'
  if (labels['provider']) return 'providers'
  if (/cost|money|budget/.test(rule_group)) return 'cost'
  return rule_group === 'pipeline' ? 'pipeline' : rule_group === 'security' ? 'security' : 'overview'
}

function History() {
  const { place, nowMs } = useConsole()
  const query = queryOf(place, nowMs())
  const [changes, deliveries] = [
    useAsked<{ changes: readonly Change[] }>(`/v1/alerts/history?${query}`),
    useAsked<{ deliveries: readonly Delivery[] }>(`/v1/alerts/deliveries?${query}`),
  ]
  const when = (text: string) => shortMoment(Date.parse(text), nowMs(), place.zone)
  return html`<div class="board">
    <${Frame} title="How they changed" counts="changes in the range, the latest first">
      <${Body} asked=${changes} isEmpty=${changes.data?.changes.length === 0}>
        <${Table} caption="Changes of alerts" first=${10} rows=${changes.data?.changes ?? []} columns=${[
          { title: 'Alert', value: (row: Change) => row.summary },
          { title: 'Change', value: (row: Change) => row.change.replaceAll('_', ' ') },
          { title: 'When', value: (row: Change) => row.changed_at, cell: (row: Change) => when(row.changed_at) },
        ]} />
      </${Body}>
    </${Frame}>
    <${Frame} title="Whom they were told" counts="messages decided in the range, the latest first">
      <${Body} asked=${deliveries} isEmpty=${deliveries.data?.deliveries.length === 0}>
        <${Table} caption="Messages" first=${10} rows=${deliveries.data?.deliveries ?? []} columns=${[
          { title: 'Message', value: (row: Delivery) => row.title },
          { title: 'To', value: (row: Delivery) => row.receiver },
          { title: 'Outcome', value: (row: Delivery) => row.outcome },
          { title: 'When', value: (row: Delivery) => row.decided_at, cell: (row: Delivery) => when(row.decided_at) },
        ]} />
      </${Body}>
    </${Frame}>
  </div>`
}
