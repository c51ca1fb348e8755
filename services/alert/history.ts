/** The history of alerts and of deliveries in ClickHouse: what the API, dashboards and people read. The log decides, this tells. */
import type { Acknowledgement, Silence } from '../../schemas/alert-commands.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import type { OutboxMessage } from './outbox/outbox-message.ts'
import type { AlertState } from './state/alert-state.ts'
import type { Told } from './state/judge-rule.ts'

/** A row of alert_history. */
export function historyRow({ change, reason, alert }: Told) {
  return {
    fingerprint: alert.fingerprint,
    since: seconds(alert.since_ms),
    changed_at: moment(alert.changed_at_ms),
    change,
    reason,
    state: change === 'dropped' || change === 'forgotten' ? 'inactive' : alert.state,
    rule_group: alert.group,
    rule: alert.rule,
    severity: alert.severity,
    tenant_id: alert.labels['tenant_id'] ?? '',
    labels: alert.labels,
    value: alert.value,
    threshold: alert.threshold,
    sample: alert.sample,
    summary: alert.summary,
    description: alert.description,
    runbook: alert.runbook ?? '',
    fired: alert.fired_ms === null ? null : seconds(alert.fired_ms),
    until: alert.until_ms === null ? null : seconds(alert.until_ms),
    facts: JSON.stringify(alert.facts),
  }
}

/** Rows of alert_deliveries: one a receiver. */
export function deliveryRows({ notification, deliveries }: OutboxMessage) {
  return Object.entries(deliveries).map(([receiver, { tries, outcome, status, detail, first_ms }]) => ({
    message_id: notification.id,
    receiver,
    decided_at: moment(notification.decided_at_ms),
    first_tried_at: first_ms === null ? null : moment(first_ms),
    tries,
    outcome: outcome ?? 'waiting',
    status: status ?? 0,
    detail,
    reason: notification.reason,
    severity: notification.severity,
    group_key: notification.group_key,
    title: notification.title,
    fingerprints: notification.alerts.map(({ fingerprint }) => fingerprint),
    tenant_ids: [...new Set(notification.alerts.flatMap(({ labels }) => labels['tenant_id'] ?? []))],
    is_for_tenants: notification.alerts.every(({ labels }) => labels['owner'] === 'tenant' && labels['tenant_id'] !== undefined),
    message: JSON.stringify(notification),
  }))
}

/** Writes to the history. Rows are keyed, so that the same one may come again. */
export interface History {
  tell(told: readonly Told[]): Promise<void>
  /** Those that are kept at a take-over: what a crash kept from being told. */
  retell(alerts: Iterable<AlertState>): Promise<void>
  /** What people said, as it is read from the log at `atMs`; undefined: it is over. */
  tellSilence(id: string, silence: Silence | undefined, atMs: number): Promise<void>
  tellAcknowledgement(groupKey: string, ack: Acknowledgement | undefined, atMs: number): Promise<void>
  tellDeliveries(message: OutboxMessage, atMs: number): Promise<void>
}

/** Builds the history over ClickHouse. Rejects with the codes of the client. */
export function buildHistory({ clickhouse }: { clickhouse: Pick<ClickHouse, 'insert'> }): History {
  async function write(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    const columns = Object.keys(rows[0] ?? {})
    await clickhouse.insert(
      table,
      columns,
      rows.map(row => columns.map(column => row[column])),
    )
  }

  async function tell(told: readonly Told[]): Promise<void> {
    if (told.length > 0) await write('alert_history', told.map(historyRow))
  }

  async function retell(alerts: Iterable<AlertState>): Promise<void> {
    const change = { pending: 'began', firing: 'fired', recovering: 'recovering', no_data: 'no_data', resolved: 'resolved' } as const
    await tell([...alerts].map(alert => ({ change: change[alert.state], reason: 'told again after a restart', alert })))
  }

  async function tellDeliveries(message: OutboxMessage, atMs: number): Promise<void> {
    const rows = deliveryRows(message).map(row => ({ ...row, updated_at: moment(atMs) }))
    if (rows.length > 0) await write('alert_deliveries', rows)
  }

  async function tellSilence(id: string, silence: Silence | undefined, atMs: number): Promise<void> {
    const { matchers = {}, from_ms = atMs, until_ms = atMs, author = '', comment = '' } = silence ?? {}
    const times = { changed_at: moment(atMs), from: moment(from_ms), until: moment(until_ms) }
    await write('alert_silences', [{ id, ...times, is_ended: silence === undefined, matchers, author, comment }])
  }

  async function tellAcknowledgement(group_key: string, ack: Acknowledgement | undefined, atMs: number): Promise<void> {
    const { author = '', comment = '' } = ack ?? {}
    await write('alert_acknowledgements', [{ group_key, changed_at: moment(atMs), is_over: ack === undefined, author, comment }])
  }

  return { tell, retell, tellSilence, tellAcknowledgement, tellDeliveries }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}

/** A moment as ClickHouse reads it with its milliseconds. */
function moment(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '')
}
