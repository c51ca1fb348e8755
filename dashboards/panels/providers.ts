/** Panels of what the gateways depend on: external providers, and pools as upstreams. They are of all tenants. */
import { asRows, figure, inTime, labelled, text, worseFrom } from '../define.ts'
import type { Panel } from '../panel.ts'

const common = { audience: 'operator', variables: ['provider'] } as const
const [heat, line, area, barsInTime] = [inTime('heat', common), inTime('line', common), inTime('area', common), inTime('bars', common)]
const [table, bars] = [asRows('table', common), asRows('bars', common)]
const share = (name: string, title: string) => figure(name, title, 'percentunit')

export const providerPanels: readonly Panel[] = [
  heat('provider-health', {
    ...{ title: 'Failed attempts', question: 'Who is ill, and since when?', counts: 'attempts that failed, of all' },
    ...{ unit: 'percentunit', thresholds: worseFrom(0.05, 0.2), leadsTo: 'providers' },
  }),
  table(
    'whose-fault',
    [
      ...[text('provider', 'Upstream'), figure('attempts', 'Attempts'), share('success_ratio', 'Ended well')],
      ...[share('rate_limited_ratio', 'Rate limited'), share('timeout_ratio', 'Timed out'), share('connect_failure_ratio', 'Not reached')],
      ...[figure('ttft_p95', 'First token p95', 'ms'), figure('duration_p95', 'Last byte p95', 'ms')],
    ],
    { title: 'Whose fault', question: 'Theirs or ours?', counts: 'attempts; of fewer than 20 no quantile', leadsTo: 'fallbacks' },
  ),
  bars('attempt-causes', labelled('Error class', 'Attempts'), {
    ...{ title: 'Why attempts fail', question: 'Is it the limit, the time, the network or the provider?', counts: 'attempts' },
  }),
  area('provider-attempts', {
    ...{ title: 'Attempts', question: 'Who carries the load?', counts: 'attempts per step', unit: 'short', top: 7 },
  }),
  line('provider-first-token', {
    ...{ title: 'First token', question: 'Who has become slow?', counts: 'p95 of attempts that stream, by upstream', unit: 'ms' },
  }),
  line('rate-limited', {
    ...{ title: 'Rate limited', question: 'Are we at the limit?', counts: 'attempts refused for their rate, of all' },
    ...{ unit: 'percentunit', thresholds: worseFrom(0.01, 0.05) },
  }),
  barsInTime('dead-targets', {
    ...{ title: 'Sent to the dead', question: 'Is a failing upstream still tried?' },
    ...{ counts: 'attempts in steps in which more than half failed', unit: 'short', leadsTo: 'fallbacks' },
  }),
]
