import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { DEFAULT_ALERTING } from '../../../services/alert/config/alerting-config.ts'
import { readAlertingConfig } from '../../../services/alert/config/read-alerting-config.ts'
import { fitsPattern, routesOf } from '../../../services/alert/config/routes-of.ts'

const config = readAlertingConfig(
  `
receivers:
  - { name: acme-hook, kind: webhook, tenant: acme, url: "https://acme.example/hook", secrets: ["env:ACME_KEY"] }
  - { name: pager, kind: pagerduty, routing_key: "env:PD" }
  - { name: finance, kind: slack, url: "env:FIN" }
routes:
  - { name: tenant, match: { tenant_id: acme, rule: "budget-*" }, receivers: [acme-hook], continue: true }
  - { name: finance, match: { owner: [finance, billing] }, receivers: [finance], repeat_interval: 1d }
  - { name: pages, match: { severity: page }, receivers: [pager], mute_times: [night, weekend] }
mute_times:
  - { name: night, zone: Europe/Berlin, days: [mon, tue, wed, thu, fri], from: "22:00", to: "06:00" }
  - { name: weekend, zone: Europe/Berlin, days: [sat, sun], from: "00:00", to: "24:00" }
  - { name: other, zone: UTC, from: "00:00", to: "24:00" }
`,
  'a.yaml',
)
const NOON = Date.parse('2026-06-10T10:00:00Z')
const routesAt = (labels: Record<string, string>, at: string | number = NOON) =>
  routesOf(labels, typeof at === 'number' ? at : Date.parse(at), config)
const namesAt = (labels: Record<string, string>) => routesAt(labels).map(({ name }) => name)

suite('routes', () => {
  test('that a receiver cannot be told is told to others: of its route, then whoever else the platform has, then the log', () => {
    const stuck = (receiver: string, text: string) =>
      routesOf({ rule: 'delivery-stuck', severity: 'page', receiver }, NOON, readAlertingConfig(text, 'a.yaml'))[0]
    const receivers = `receivers:
  - { name: acme-hook, kind: webhook, tenant: acme, url: "https://acme.example/hook", secrets: ["env:ACME_KEY"] }
  - { name: pager, kind: pagerduty, routing_key: "env:PD" }`
    const finance = '\n  - { name: finance, kind: slack, url: "env:FIN" }'
    const route = (more: string) => `\nroutes:\n  - { name: all, receivers: [pager]${more} }\n`
    const escalating = route(', escalate_after: 5m, escalate_to: [finance]')
    assert.deepEqual(stuck('pager', receivers + finance + escalating)?.receivers, ['finance'])
    assert.deepEqual(stuck('pager', receivers + finance + route(''))?.receivers, ['finance'])
    assert.deepEqual(stuck('pager', receivers + route(''))?.receivers, ['log'])
    assert.deepEqual(stuck('acme-hook', receivers + finance + route(''))?.receivers, ['pager'])
    assert.notEqual(stuck('pager', receivers + route(''))?.name, 'all', 'its messages are no part of the groups of the route')
  })

  test('the first that fits decides, and later ones while it says continue', () => {
    assert.deepEqual(namesAt({ tenant_id: 'acme', rule: 'budget-burn', severity: 'page', owner: 'tenant' }), ['tenant', 'pages'])
    assert.deepEqual(namesAt({ tenant_id: 'acme', rule: 'budget-burn', severity: 'page', owner: 'finance' }), ['tenant', 'finance'])
    assert.deepEqual(namesAt({ tenant_id: 'globex', rule: 'budget-burn', severity: 'page' }), ['pages'])
    assert.deepEqual(namesAt({ rule: 'unpriced', severity: 'ticket', owner: 'billing' }), ['finance'])
    assert.equal(routesAt({ owner: 'finance' })[0]?.repeat_interval_ms, 86_400_000)
  })

  test('what no route takes is told in the log, with a file and without', () => {
    for (const decisions of [routesAt({ severity: 'info' }), routesOf({ severity: 'page' }, NOON, DEFAULT_ALERTING)])
      assert.deepEqual(decisions, [
        {
          name: 'unrouted',
          receivers: ['log'],
          group_by: null,
          group_wait_ms: 5_000,
          group_interval_ms: 300_000,
          repeat_interval_ms: 14_400_000,
          escalate_after_ms: null,
          escalate_to: [],
          is_muted: false,
        },
      ])
  })

  test("a tenant's receiver is never told of another tenant, whatever labels say", () => {
    const label = fc.oneof(fc.constantFrom('acme', 'globex', 'acme*', '*', '', 'ACME', 'budget-x', 'page', 'finance'), fc.string())
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('tenant_id', 'rule', 'severity', 'owner', 'tenant'), label), labels => {
        const isTold = routesOf(labels, NOON, config).some(({ receivers }) => receivers.includes('acme-hook'))
        assert.ok(!isTold || labels['tenant_id'] === 'acme')
      }),
    )
  })
})

suite('mute times', () => {
  const isMuted = (at: string) => routesAt({ severity: 'page' }, at)[0]?.is_muted

  test('a night belongs to the day that it begins on', () => {
    assert.equal(isMuted('2026-06-12T21:59:59+02:00'), false, 'Friday before ten')
    assert.equal(isMuted('2026-06-12T22:00:00+02:00'), true, 'Friday at ten')
    assert.equal(isMuted('2026-06-15T05:59:59+02:00'), false, 'the night to Monday began on Sunday, and the weekend is over')
    assert.equal(isMuted('2026-06-14T23:59:59+02:00'), true, 'Sunday, by the weekend')
    assert.equal(isMuted('2026-06-16T05:59:59+02:00'), true, 'Tuesday morning')
    assert.equal(isMuted('2026-06-16T06:00:00+02:00'), false)
  })

  test('the days on which the clocks change move nothing', () => {
    // Berlin: forward on Sunday 2026-03-29 at 02:00, back on Sunday 2026-10-25 at 03:00.
    const nights = readAlertingConfig(
      `
routes: [{ name: all, receivers: [log], mute_times: [night] }]
mute_times: [{ name: night, zone: Europe/Berlin, from: "22:00", to: "06:00" }]
`,
      'a.yaml',
    )
    const at = (iso: string) => routesOf({}, Date.parse(iso), nights)[0]?.is_muted
    for (const [day, before, after] of [
      ['2026-03-29', '+01:00', '+02:00'],
      ['2026-10-25', '+02:00', '+01:00'],
    ] as const) {
      const eve = new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10)
      assert.deepEqual([at(`${eve}T21:59:59${before}`), at(`${eve}T22:00:00${before}`)], [false, true], `${day} begins`)
      assert.deepEqual([at(`${day}T05:59:59${after}`), at(`${day}T06:00:00${after}`)], [true, false], `${day} ends`)
    }
  })

  test('an hour that the clock repeats is muted twice, and one that it skips never was', () => {
    const hour = readAlertingConfig(
      `
routes: [{ name: all, receivers: [log], mute_times: [hour] }]
mute_times: [{ name: hour, zone: Europe/Berlin, from: "02:00", to: "03:00" }]
`,
      'a.yaml',
    )
    const mutedMinutes = (day: string) => {
      const start = Date.parse(`${day}T00:00:00Z`) - 3 * 3_600_000
      return Array.from({ length: 24 * 60 }, (_, minute) => routesOf({}, start + minute * 60_000, hour)[0]?.is_muted).filter(Boolean).length
    }
    assert.deepEqual([mutedMinutes('2026-03-28'), mutedMinutes('2026-03-29'), mutedMinutes('2026-10-25')], [60, 0, 120])
  })
})

test('a pattern fits as the regular expression of the same meaning does', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.', '-'), maxLength: 12 })
  fc.assert(
    fc.property(letters, letters, (text, pattern) => {
      const expression = pattern.replaceAll('.', '\\.').replaceAll('*', '.*')
      assert.equal(fitsPattern(text, pattern), new RegExp(`^${expression}$`).test(text))
    }),
    { numRuns: 2_000 },
  )
})
