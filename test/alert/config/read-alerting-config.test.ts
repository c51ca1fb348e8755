import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { Value } from 'typebox/value'
import { stringify } from 'yaml'
import { AlertingFile } from '../../../services/alert/config/alerting-file.ts'
import { readAlertingConfig } from '../../../services/alert/config/read-alerting-config.ts'
import { readCheckedYaml } from '../../../services/platform/checked-yaml.ts'
import { AppError } from '../../../services/platform/errors.ts'

const WHOLE = `
public_url: https://weir.example.com/
private_targets: [10.20.0.0/16, alertmanager.monitoring.svc, "*.corp.example"]
receivers:
  - { name: pager, kind: pagerduty, routing_key: "env:PD_KEY", region: eu }
  - { name: chat, kind: slack, url: "env:SLACK_URL" }
  - { name: room, kind: teams, url: "file:/run/secrets/teams" }
  - { name: hook, kind: webhook, url: "https://hooks.example.com/weir", secrets: ["env:NEW_KEY", "env:OLD_KEY"] }
  - { name: am, kind: alertmanager, url: "http://alertmanager.monitoring.svc:9093", plain_http: true, resend_every: 30s }
  - { name: v4, kind: alertmanager-webhook, url: "https://on-call.example.com/hook", authorization: "env:V4_AUTH" }
  - { name: inc, kind: incident-io, url: "https://api.incident.io/v2/alert_events/http/01ABC", token: "env:INC" }
  - { name: mail, kind: email, host: smtp.example.com, from: weir@example.com, to: [ops@example.com], user: "env:U", password: "env:P" }
  - { name: acme-hook, kind: webhook, tenant: acme, url: "https://acme.example/hook", secrets: ["env:ACME_KEY"] }
routes:
  - name: acme
    match: { tenant_id: acme }
    receivers: [acme-hook]
    continue: true
  - name: nights
    match: { severity: [page], rule: "budget-*" }
    receivers: [pager, chat]
    group_by: [tenant_id]
    group_wait: 10s
    group_interval: 2m
    repeat_interval: 1h
    escalate_after: 5m
    escalate_to: [mail]
    mute_times: [night]
  - { name: rest, receivers: [am, v4, inc, room, log] }
mute_times:
  - { name: night, zone: Europe/Berlin, days: [mon, fri], from: "22:00", to: "06:00" }
heartbeat: { receiver: hook, every: 1m }
rules: ["/etc/weir/rules/*.yaml"]
shipped_rules: [budget-burn, slo]
`

suite('the alerting file', () => {
  test('gives receivers, routes, mute times and rules with every default filled in', () => {
    const config = readAlertingConfig(WHOLE, 'alerts.yaml')
    assert.equal(config.public_url, 'https://weir.example.com')
    assert.deepEqual(
      config.receivers.map(({ name, kind }) => `${name} ${kind}`),
      [
        'pager pagerduty',
        'chat slack',
        'room teams',
        'hook webhook',
        'am alertmanager',
        'v4 alertmanager-webhook',
        'inc incident-io',
        'mail email',
        'acme-hook webhook',
        'log log',
      ],
    )
    assert.deepEqual(config.routes[1], {
      name: 'nights',
      match: { severity: ['page'], rule: ['budget-*'] },
      receivers: ['pager', 'chat'],
      group_by: ['tenant_id'],
      group_wait_ms: 10_000,
      group_interval_ms: 120_000,
      repeat_interval_ms: 3_600_000,
      escalate_after_ms: 300_000,
      escalate_to: ['mail'],
      continues: false,
      mute_times: ['night'],
    })
    assert.deepEqual(config.routes[2], {
      name: 'rest',
      match: {},
      receivers: ['am', 'v4', 'inc', 'room', 'log'],
      group_by: null,
      group_wait_ms: 5_000,
      group_interval_ms: 300_000,
      repeat_interval_ms: 14_400_000,
      escalate_after_ms: null,
      escalate_to: [],
      continues: false,
      mute_times: [],
    })
    assert.deepEqual(config.mute_times, [{ name: 'night', zone: 'Europe/Berlin', days: [1, 5], from_minute: 1_320, to_minute: 360 }])
    assert.deepEqual(config.heartbeat, { receiver: 'hook', every_ms: 60_000 })
    assert.deepEqual([config.rules, config.shipped_rules], [['/etc/weir/rules/*.yaml'], ['budget-burn', 'slo']])
  })

  test('an empty file tells everything in the log', () => {
    for (const text of ['', '# nothing yet\n', '{}']) {
      const config = readAlertingConfig(text, 'alerts.yaml')
      assert.deepEqual([config.receivers, config.routes, config.shipped_rules], [[{ name: 'log', kind: 'log' }], [], true])
    }
  })

  test('all faults are told at once, each with its line and what was expected', () => {
    const text = `receivers:
  - { name: chat, kind: slak, url: "env:SLACK" }
  - { name: hook, kind: webhook, url: "http://hooks.example.com", secrets: ["env:KEY"] }
  - { name: hook, kind: webhook, ulr: "https://hooks.example.com", secrets: [] }
routes:
  - name: one
    recievers: [hook]
  - { name: two, receivers: [hook], repeat_interval: often }
mute_times:
  - { name: night, zone: UTC, days: [monday], from: "24:00", to: 6 }
hartbeat: {}
`
    assert.deepEqual(faultsOf(text), [
      'a.yaml:2: receivers[0]: expected kind: one of webhook, pagerduty, slack, teams, alertmanager, alertmanager-webhook, ' +
        'incident-io, email, log',
      'a.yaml:4: "ulr" is no key of receivers[2]; did you mean url?',
      'a.yaml:4: receivers[2].secrets: expected at least 1',
      'a.yaml:4: receivers[2].url is missing, expected where it is posted to: https://…, env:NAME or file:/path',
      'a.yaml:7: "recievers" is no key of routes[0]; did you mean receivers?',
      'a.yaml:6: routes[0].receivers is missing, expected names of receivers',
      'a.yaml:8: routes[1].repeat_interval: "often" is not a duration such as 5m: how often what still fires is told again; 4h unless told',
      'a.yaml:10: mute_times[0].days[0]: "monday" is not one of mon, tue, wed, thu, fri, sat, sun',
      'a.yaml:10: mute_times[0].from: "24:00" is not first minute by the clock of the zone, such as 22:00',
      'a.yaml:10: mute_times[0].to: 6 is not the minute that it ends at, such as 06:00; not later than `from`: on the next day',
      'a.yaml:11: "hartbeat" is no key of the document; did you mean heartbeat?',
    ])
  })

  test('what does not go together is told with its line', () => {
    const text = `private_targets: ["10.0.0.0/99", "no spaces"]
receivers:
  - { name: hook, kind: webhook, url: "http://hooks.example.com", secrets: ["env:KEY"] }
  - { name: hook, kind: log }
  - { name: mine, kind: webhook, tenant: acme, url: "https://acme.example", secrets: ["env:KEY"], plain_http: true }
  - { name: log, kind: slack, url: "env:S" }
  - { name: mail, kind: email, tenant: acme, host: h, from: f, to: [t], user: "env:U" }
routes:
  - { name: one, receivers: [hok], mute_times: [nigt], escalate_after: 5m }
  - { name: two, receivers: [mine], match: { tenant_id: [acme, globex] } }
  - { name: two, receivers: [log], escalate_to: [mine], escalate_after: 1m }
mute_times: [{ name: night, zone: Europe/Berln, from: "22:00", to: "06:00" }]
heartbeat: { receiver: nobody, every: 1s }
`
    const faults = faultsOf(text)
    for (const [line, words] of [
      [1, '"10.0.0.0/99" is no host name'],
      [1, '"no spaces" is no host name'],
      [3, 'receivers[0].url: expected an https address; plain_http: true allows http'],
      [4, 'receivers[1].name: "hook" is there twice'],
      [5, 'receivers[2].plain_http: a receiver of a tenant is told over https alone'],
      [6, '"log" is the name of the receiver that is always there'],
      [7, 'a receiver of kind email belongs to the platform'],
      [7, 'user and password go together'],
      [9, 'routes[0].receivers[0]: "hok" is no receiver of this file; did you mean hook?'],
      [9, '"nigt" is no mute time of this file; did you mean night?'],
      [9, 'escalate_after and escalate_to go together'],
      [10, '"mine" belongs to the tenant acme: its route needs match: { tenant_id: acme }'],
      [11, 'routes[2].name: "two" is there twice'],
      [11, 'routes[2].escalate_to[0]: "mine" belongs to the tenant acme'],
      [12, '"Europe/Berln" is no IANA time zone'],
      [13, '"nobody" is no receiver of this file'],
      [13, 'heartbeat.every: expected at least 10s'],
    ] as const)
      assert.ok(
        faults.some(fault => fault.startsWith(`a.yaml:${line}: `) && fault.includes(words)),
        `${line}: ${words}\n${faults.join('\n')}`,
      )
    assert.equal(faults.length, 17, faults.join('\n'))
  })

  test('a heartbeat goes to whoever misses it, not to what opens an alert for each', () => {
    const text = 'receivers: [{ name: pd, kind: pagerduty, routing_key: "env:K" }]\nheartbeat: { receiver: pd, every: 1m }'
    assert.match(faultsOf(text).join(), /^a\.yaml:2: heartbeat\.receiver: a heartbeat would open an alert there each time/)
  })

  test('a secret written into the file is refused and never shown', () => {
    const MARK = 'fake-marked-secret'
    const text = `receivers:
  - { name: a, kind: pagerduty, routing_key: ${MARK} }
  - { name: b, kind: slack, url: https://hooks.slack.com/services/${MARK} }
  - { name: c, kind: webhook, url: "ftp://${MARK}", secrets: [${MARK}] }
  - { name: d, kind: email, host: h, from: f, to: [t], user: ${MARK}, password: ${MARK} }
  - { name: e, kind: alertmanager, url: "http://user:${MARK}@am" }
`
    const faults = faultsOf(text)
    assert.equal(faults.length, 7, faults.join('\n'))
    assert.ok(!faults.join('\n').includes(MARK))
  })

  test('anchors, broken YAML and other shapes are told and never thrown as something else', () => {
    for (const text of ['receivers: &a [*a]', 'a: [', '- 1', 'receivers: 1', 'routes:', 'x: !!binary "=="', '? [1]\n: 2', 'text'])
      assert.ok(faultsOf(text).length > 0, text)
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), text => {
        try {
          readAlertingConfig(text, 'a.yaml')
        } catch (error) {
          assert.ok(error instanceof AppError && error.code === 'ALERTING_FILE_INVALID')
        }
      }),
    )
  })

  test('a document is accepted exactly when the published schema accepts it', () => {
    const schema = AlertingFile.properties.receivers
    const text = fc.oneof(fc.constantFrom('env:KEY', 'https://a.example', 'hook', 'log', 'webhook', 'slack', '5m', ''), fc.integer())
    const receiver = fc.dictionary(
      fc.constantFrom('name', 'kind', 'url', 'secrets', 'tenant', 'plain_http', 'urls', 'resend_every'),
      fc.oneof(text, fc.boolean(), fc.array(text, { maxLength: 3 })),
    )
    const good = fc.constant({ name: 'hook', kind: 'webhook', url: 'env:KEY', secrets: ['env:KEY'] })
    fc.assert(
      fc.property(fc.array(fc.oneof(receiver, good), { maxLength: 3 }), receivers => {
        assert.equal(isRead(stringify(receivers, { aliasDuplicateObjects: false }), schema), Value.Check(schema, receivers))
      }),
      { numRuns: 500 },
    )
  })
})

function isRead(text: string, schema: typeof AlertingFile.properties.receivers): boolean {
  try {
    readCheckedYaml(text, { file: 'a.yaml', schema, code: 'ALERTING_FILE_INVALID' }, () => {})
    return true
  } catch {
    return false
  }
}

function faultsOf(text: string): string[] {
  try {
    readAlertingConfig(text, 'a.yaml')
    return []
  } catch (error) {
    assert.ok(error instanceof AppError, String(error))
    assert.equal(error.code, 'ALERTING_FILE_INVALID')
    return error.message.split('\n')
  }
}
