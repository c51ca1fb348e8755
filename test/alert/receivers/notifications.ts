/** Messages as tests send them: a usual one, a resolved one, and arbitrary ones with the ugliest text that tenants can choose. */
import fc from 'fast-check'
import { type Notification, type NotifiedAlert, REASONS } from '../../../services/alert/notification.ts'
import { SEVERITIES } from '../../../services/alert/severity.ts'

const SINCE = Date.parse('2026-11-28T10:00:00Z')

/** The alert of a failing provider. */
export const providerAlert: NotifiedAlert = {
  fingerprint: '00112233445566ff',
  rule: 'provider-unhealthy',
  status: 'firing',
  severity: 'page',
  labels: { provider: 'provider-b', region: 'eu-west-1' },
  summary: 'provider-b failing 6 min: 3 tenants, 41 % of their requests, $12.40 wasted',
  description:
    'Likely cause: provider-b answers 503 from every endpoint since 10:00 (confidence high); our queue is empty, others fine.\n' +
    'Done already: fallback to provider-c rescues 92 %, +1.8 s each.\n' +
    'First: take provider-b out of the route with `weir …`, then the runbook.',
  runbook_url: 'https://weir.example.com/runbooks#provider-unhealthy',
  value: 0.412345678,
  threshold: 0.2,
  sample: 1_234,
  facts: { tenants: 3, wasted_cost: '12.40' },
  since_ms: SINCE,
  until_ms: null,
}

/** A message about it, and three more. */
export const firing: Notification = {
  id: 'a1b2c3d4e5f60718293a4b5c',
  reason: 'first',
  status: 'firing',
  severity: 'page',
  group_key: 'on-call/providers/{"provider":"provider-b"}',
  group_labels: { provider: 'provider-b' },
  title: '[P] provider-b failing 6 min: 3 tenants, 41 % of their requests, $12.40 wasted (+2 more)',
  alerts: [
    providerAlert,
    ...['acme', 'globex'].map((tenant_id, index) => ({
      ...providerAlert,
      fingerprint: `00112233445566f${index}`,
      rule: 'failover-active',
      severity: 'ticket' as const,
      labels: { tenant_id },
      summary: `${tenant_id} is served by fallback`,
    })),
  ],
  alerts_total: 3,
  links: [
    { text: 'Requests', href: 'https://weir.example.com/requests?provider=provider-b&from=2026-11-28T09:30:00Z' },
    { text: 'Silence', href: 'https://weir.example.com/silence?group=1' },
  ],
  since_ms: SINCE,
  decided_at_ms: SINCE + 360_000,
  settled_until_ms: SINCE + 350_000,
  trend: [0.01, 0.02, null, 0.2, 0.41].map((value, index) => ({ at_ms: SINCE + index * 60_000, value })),
}

/** The same group when all of it is over. */
export const resolved: Notification = {
  ...firing,
  id: 'b1b2c3d4e5f60718293a4b5c',
  reason: 'resolved',
  status: 'resolved',
  title: '[OK] over after 20 min: provider-b failing',
  alerts: firing.alerts.map(alert => ({ ...alert, status: 'resolved', until_ms: SINCE + 1_200_000 })),
  decided_at_ms: SINCE + 1_210_000,
}

/** Text that a tenant could choose: up to 300 characters, of any script, with mentions, markup, controls, directions, half characters. */
export const uglyText = fc.oneof(
  fc.constantFrom(
    '<!channel>',
    '<@U123>',
    '@everyone',
    '<at>all</at>',
    '[x](http://evil.example)',
    '<script>alert(1)</script>',
    '"); DROP TABLE',
    '\u202Egnp.exe',
    'שלום עולם',
    'مرحبا 41 %',
    '👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    'a\u0000b\u001b[31mred',
    `e${'\u0301'.repeat(299)}`,
    '\uD800',
    'x\r\nBcc: a@b.example',
    '\u200B',
    'n'.repeat(300),
    '👩‍👩‍👧‍👦'.repeat(27),
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
)

const labels = fc.dictionary(fc.oneof(fc.constantFrom('tenant_id', 'route', 'provider'), uglyText), uglyText, { maxKeys: 8 })
const time = fc.integer({ min: 0, max: 4_000_000_000_000 })
const amount = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null))
const href = fc.oneof(
  fc.webUrl({ withQueryParameters: true }),
  fc.constantFrom('javascript:alert(1)', 'no address', 'https://a.example/|x>'),
)

const alert: fc.Arbitrary<NotifiedAlert> = fc.record({
  fingerprint: fc.stringMatching(/^[0-9a-f]{16}$/),
  rule: fc.constantFrom('budget-burn', 'provider-unhealthy'),
  status: fc.constantFrom('firing', 'resolved'),
  severity: fc.constantFrom(...SEVERITIES),
  labels,
  summary: uglyText,
  description: fc.array(uglyText, { maxLength: 12 }).map(lines => lines.join('\n')),
  runbook_url: fc.option(href),
  value: amount,
  threshold: amount,
  sample: fc.nat(),
  facts: fc.dictionary(fc.string(), fc.oneof(uglyText, amount), { maxKeys: 8 }),
  since_ms: time,
  until_ms: fc.option(time),
})

/** Any message; `alerts` of it up to this number, made from a few. */
export const notifications = (mostAlerts = 12): fc.Arbitrary<Notification> =>
  fc.record({
    id: fc.stringMatching(/^[0-9a-f]{24}$/),
    reason: fc.constantFrom(...REASONS),
    status: fc.constantFrom('firing', 'resolved'),
    severity: fc.constantFrom(...SEVERITIES),
    group_key: uglyText,
    group_labels: labels,
    title: uglyText,
    alerts: fc
      .tuple(fc.array(alert, { minLength: 1, maxLength: 4 }), fc.nat(mostAlerts))
      .map(([few, count]) => Array.from({ length: count }, (_, index) => few[index % few.length] as NotifiedAlert)),
    alerts_total: fc.nat(20_000),
    links: fc.array(fc.record({ text: uglyText, href }), { maxLength: 9 }),
    since_ms: time,
    decided_at_ms: time,
    settled_until_ms: fc.option(time),
    trend: fc.array(fc.record({ at_ms: time, value: amount }), { maxLength: 200 }),
  })
