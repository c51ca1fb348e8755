/** Panels of alerts, and of whether people hear of them. */
import { asRows, figure, inTime, text } from '../define.ts'
import type { Panel } from '../panel.ts'

const common = { audience: 'operator', variables: ['tenant_id'], isOfCallers: true } as const
const table = asRows('table', common)
const ofAll = asRows('table', { ...common, variables: [] })

export const alertPanels: readonly Panel[] = [
  table(
    'alerts-open',
    [
      ...[text('rule', 'Rule'), text('severity', 'Severity'), text('state', 'State'), text('tenant_id', 'Tenant'), text('since', 'Since')],
      ...[text('summary', 'What'), figure('value', 'Value'), figure('threshold', 'Threshold')],
    ],
    { title: 'Open alerts', question: 'What is on, and since when?', counts: 'alerts at the end of the range', leadsTo: 'alerts' },
  ),
  inTime('bars', common)('alerts-fired', {
    ...{ title: 'Alerts that fired', question: 'When did it begin?', counts: 'alerts per step, by severity', unit: 'short' },
  }),
  table(
    'alert-noise',
    [
      ...[text('rule', 'Rule'), text('severity', 'Severity'), figure('fired', 'Fired'), figure('healed_in_5m', 'Over in 5 minutes')],
      ...[figure('healed_ratio', 'Of all', 'percentunit'), figure('still_open', 'Still open'), figure('length_p50_s', 'Length p50', 's')],
    ],
    { title: 'Noise', question: 'Do we cry wolf?', counts: 'alerts' },
  ),
  ofAll(
    'alert-deliveries',
    [
      ...[text('receiver', 'Receiver'), figure('messages', 'Messages'), figure('delivered', 'Delivered'), figure('waiting', 'Waiting')],
      ...[figure('lost', 'Lost'), figure('tries', 'Tries'), figure('oldest_waiting_s', 'Oldest waits', 's')],
    ],
    { title: 'Deliveries', question: 'Do people hear of it?', counts: 'messages' },
  ),
  ofAll(
    'silences',
    [
      ...[text('id', 'Silence'), text('matchers', 'Of'), text('author', 'By'), text('comment', 'Why'), text('from', 'From')],
      text('until', 'Until'),
    ],
    { title: 'Silences', question: 'What is kept quiet?', counts: 'silences at the end of the range' },
  ),
]
