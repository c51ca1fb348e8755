/** Panels of retries and fallbacks. */
import { asRows, figure, inTime, labelled, text, worseFrom } from '../define.ts'
import type { Panel } from '../panel.ts'

const common = { audience: 'tenant', variables: ['tenant_id', 'route'] } as const
const [line, area] = [inTime('line', common), inTime('area', common)]
const [stat, table, bars, flow] = [asRows('stat', common), asRows('table', common), asRows('bars', common), asRows('flow', common)]
const wasted = figure('wasted_cost', 'Wasted', 'currencyUSD')

export const fallbackPanels: readonly Panel[] = [
  stat(
    'rescue',
    [
      ...[figure('value', 'Rescued requests'), figure('retried_requests', 'Tried again')],
      ...[figure('rescued_ratio', 'Rescued of those', 'percentunit'), figure('amplification', 'Attempts per request'), wasted],
    ],
    {
      ...{ title: 'Rescue', question: 'Do retries and fallbacks help?', counts: 'requests; wasted list price, USD' },
      leadsTo: 'fallbacks',
    },
  ),
  table(
    'verdicts',
    [
      ...[text('policy', 'Rule'), text('cause', 'First error'), text('from_upstream', 'From'), text('to_upstream', 'To')],
      ...[figure('retried_requests', 'Tried again'), figure('recovered_by_retry', 'Rescued by retry')],
      ...[figure('recovered_by_fallback', 'Rescued by fallback'), figure('failed_after_all', 'Failed after all'), wasted],
      ...[figure('added_latency_ms', 'Later by, mean', 'ms'), figure('collateral_tokens', 'Tokens put on the target')],
    ],
    {
      ...{ title: 'What each rule did', question: 'Does each rule help or hurt?', counts: 'requests with more than one attempt' },
      leadsTo: 'providers',
    },
  ),
  flow('fallback-flow', [text('source', 'From'), text('target', 'To'), figure('value', 'Requests')], {
    ...{ title: 'Where requests went', question: 'Where does each route send its requests, and how do they end?', counts: 'requests' },
  }),
  line('amplification', {
    ...{ title: 'Amplification', question: 'How many attempts does a request cost us?' },
    ...{ counts: 'attempts by request, as gateways count them', unit: 'short', thresholds: worseFrom(1.3, 2), leadsTo: 'fallbacks' },
  }),
  bars('retry-causes', labelled('First error', 'Requests'), {
    ...{ title: 'Why it was tried again', question: 'What makes requests need a further attempt?' },
    ...{ counts: 'requests with more than one attempt', leadsTo: 'providers' },
  }),
  table('added-wait', [text('label', 'From → to'), figure('value', 'Later by, mean', 'ms'), figure('requests', 'Requests')], {
    ...{ title: 'Added wait', question: 'What does rescue cost in time?', counts: 'requests with more than one attempt', unit: 'ms' },
  }),
  area('wasted-in-time', {
    ...{ title: 'Paid for nothing', question: 'What do attempts cost that gave no answer?', counts: 'list price per step, USD' },
    ...{ unit: 'currencyUSD', top: 7, leadsTo: 'fallbacks' },
  }),
  table(
    'exhausted',
    [
      ...[text('tenant_id', 'Tenant'), text('route', 'Route'), figure('requests', 'Requests')],
      ...[figure('failed_after_all', 'Failed after all'), figure('failed_at_once', 'Failed at once')],
      figure('failed_ratio', 'Failed', 'percentunit'),
    ],
    { title: 'Who got nothing', question: 'Who got no answer?', counts: 'requests', leadsTo: 'tenants' },
  ),
]
