import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import type { Notification } from '../../../services/alert/notification.ts'
import { alertmanagerBody } from '../../../services/alert/receivers/alertmanager.ts'
import { alertmanagerWebhookBody } from '../../../services/alert/receivers/alertmanager-webhook.ts'
import { buildMail } from '../../../services/alert/receivers/email.ts'
import { incidentIoBody } from '../../../services/alert/receivers/incident-io.ts'
import { pagerDutyBody } from '../../../services/alert/receivers/pagerduty.ts'
import { slackBody } from '../../../services/alert/receivers/slack.ts'
import { teamsBody } from '../../../services/alert/receivers/teams.ts'
import { webhookBody } from '../../../services/alert/receivers/webhook.ts'
import { firing, notifications, providerAlert, resolved } from './notifications.ts'

// biome-ignore lint/suspicious/noExplicitAny: bodies are read as whoever receives them reads them
type Json = any
const URL_OF_CONSOLE = 'https://weir.example.com'
const pagerDuty = (notification: Notification) => pagerDutyBody(notification, 'R'.repeat(32), URL_OF_CONSOLE)
const v4 = (notification: Notification) => alertmanagerWebhookBody(notification, 'on-call', URL_OF_CONSOLE)

/** 10,000 alerts of tenants with names of 300 characters from right to left, with emoji. */
const storm: Notification = {
  ...firing,
  alerts: Array.from({ length: 10_000 }, (_, index) => ({
    ...providerAlert,
    fingerprint: index.toString(16).padStart(16, '0'),
    labels: { tenant_id: `${'ש'.repeat(290)}🏦${index}` },
    summary: `${'م'.repeat(280)}🔥 ${index}`,
  })),
  alerts_total: 10_000,
}

/** The documented limits of each receiver, as a check of a body. */
const limits: Readonly<Record<string, (notification: Notification) => void>> = {
  webhook(notification) {
    const body = webhookBody(notification)
    assert.ok(Buffer.byteLength(body) <= 20_000)
    const { type, timestamp, data } = JSON.parse(body) as Json
    assert.match(type, /^weir\.alert\.(firing|resolved|test|heartbeat)$/)
    assert.ok(!Number.isNaN(Date.parse(timestamp)))
    assert.equal(data.alerts_total, notification.alerts_total)
  },
  pagerduty(notification) {
    const body = pagerDuty(notification)
    assert.ok(Buffer.byteLength(body) <= 512_000)
    const { event_action, dedup_key, payload, links } = JSON.parse(body) as Json
    assert.ok(['trigger', 'resolve'].includes(event_action))
    assert.match(dedup_key, /^[\x21-\x7e]{1,255}$/)
    assert.ok(payload.summary.length >= 1 && payload.summary.length <= 1_024)
    assert.ok(payload.source.length >= 1)
    assert.ok(['critical', 'error', 'warning', 'info'].includes(payload.severity))
    assert.match(payload.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    for (const { href } of links) assert.match(href, /^https?:\/\//)
  },
  slack(notification) {
    const body = slackBody(notification)
    const { text, blocks } = JSON.parse(body) as Json
    assert.ok(text.length >= 1 && text.length <= 40_000)
    assert.doesNotMatch(text, /<|>|@(?!\u2060)/)
    assert.ok(blocks.length >= 1 && blocks.length <= 50)
    let characters = 0
    for (const block of blocks) {
      const texts = block.type === 'context' ? block.elements : [block.text]
      assert.ok(texts.length <= 10)
      const most = { header: 150, section: 3_000, context: 3_000 }[block.type as string] ?? 0
      for (const one of texts) {
        assert.ok(one.text.length >= 1 && one.text.length <= most, `${block.type}: ${one.text.length}`)
        characters += one.text.length
        // Nothing that was chosen by others is mrkdwn but the text of links, which is escaped.
        if (one.type === 'mrkdwn') assert.match(one.text, /^(no links|(<https?:[^|<>\s]+\|[^<>@]*(@\u2060[^<>@]*)*>( · )?)+)$/)
        else assert.equal(one.type, 'plain_text')
      }
    }
    assert.ok(characters < 13_000, `${characters}: msg_blocks_too_long`)
  },
  teams(notification) {
    const body = teamsBody(notification)
    assert.ok(Buffer.byteLength(body, 'utf16le') <= 28 * 1_000)
    const { type, attachments } = JSON.parse(body) as Json
    assert.equal(type, 'message')
    assert.equal(attachments[0].contentType, 'application/vnd.microsoft.card.adaptive')
    const { content } = attachments[0]
    assert.ok(content.body.length >= 1)
    for (const block of content.body) {
      assert.equal(block.type, 'TextBlock')
      assert.doesNotMatch(block.text, /(?<!\\)(\\\\)*[*_[\]<>`#~]/, 'no markup')
    }
    assert.ok(content.actions.length <= 6)
    for (const { url } of content.actions) assert.match(url, /^https?:\/\//)
  },
  alertmanager(notification) {
    const alerts = JSON.parse(alertmanagerBody(notification, 1_000_000, 60_000)) as Json
    assert.equal(alerts.length, notification.alerts.length)
    for (const { labels, startsAt, endsAt } of alerts) {
      assert.ok(labels.alertname)
      for (const [name, value] of Object.entries(labels)) {
        assert.match(name, /^[A-Za-z_][A-Za-z0-9_]*$/)
        assert.ok(value !== '' && (value as string).isWellFormed())
      }
      assert.ok(Date.parse(endsAt) > Date.parse(startsAt))
    }
  },
  'alertmanager-webhook'(notification) {
    const body = v4(notification)
    assert.ok(Buffer.byteLength(body) <= 512_000)
    const { version, alerts, truncatedAlerts } = JSON.parse(body) as Json
    assert.equal(version, '4')
    assert.equal(truncatedAlerts, Math.max(0, notification.alerts_total - alerts.length))
    for (const { status, endsAt } of alerts) if (status === 'firing') assert.equal(endsAt, '0001-01-01T00:00:00Z')
  },
  'incident-io'(notification) {
    const body = incidentIoBody(notification)
    assert.ok(Buffer.byteLength(body) <= 512_000)
    const { status, deduplication_key } = JSON.parse(body) as Json
    assert.ok(['firing', 'resolved'].includes(status))
    assert.match(deduplication_key, /^[0-9a-f]{32}$/)
  },
  email(notification) {
    const mail = buildMail(notification, { from: 'Weir <weir@example.com>', to: ['ops@example.com'] })
    assert.ok(mail.subject.length <= 150)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a header ends at a control
    for (const header of [mail.subject, mail.messageId, mail.references]) assert.doesNotMatch(header, /[\u0000-\u001f\u007f]/)
    assert.ok(mail.html.length < 60_000)
    const tags = new Set([...mail.html.matchAll(/<\/?([a-z!0-9]+)/g)].map(([, tag]) => tag))
    const known = ['!doctype', 'html', 'head', 'meta', 'title', 'body', 'h1', 'p', 'ul', 'li', 'table', 'tr', 'td', 'div', 'a']
    assert.deepEqual(
      [...tags].filter(tag => !known.includes(tag as string)),
      [],
    )
  },
}

for (const [kind, check] of Object.entries(limits)) {
  suite(`a message by ${kind}`, () => {
    test('stays within the limits, whatever tenants are called', () => {
      fc.assert(fc.property(notifications(), check), { numRuns: 150 })
    })

    test('stays within the limits in a storm of 10,000 alerts', () => {
      check(storm)
      check({ ...storm, reason: 'resolved', status: 'resolved' })
    })
  })
}

suite('what a person reads', () => {
  test('the title first, then cause, what was done, what to do, who else, figures, links', () => {
    const { blocks, text } = JSON.parse(slackBody(firing)) as Json
    assert.equal(text, '🔴 [P] provider-b failing 6 min: 3 tenants, 41 % of their requests, $12.40 wasted (+2 more)')
    assert.deepEqual(
      blocks.map((block: Json) => block.text?.text ?? block.elements.map((one: Json) => one.text)),
      [
        '🔴 [P] provider-b failing 6 min: 3 tenants, 41 % of their requests, $12.40 wasted (+2 more)',
        providerAlert.description,
        '• acme is served by fallback\n• globex is served by fallback',
        '▁▁·▄█ 0.01 → 0.41, at most 0.41',
        '<https://weir.example.com/runbooks#provider-unhealthy|Runbook> · ' +
          '<https://weir.example.com/requests?provider=provider-b&from=2026-11-28T09:30:00Z|Requests> · ' +
          '<https://weir.example.com/silence?group=1|Silence>',
        [
          'value 0.412, threshold 0.2 · n 1,234 · since 2026-11-28 10:00 UTC · 3 alerts · settled until 2026-11-28 10:05 UTC',
          'message a1b2c3d4e5f60718293a4b5c',
        ],
      ],
    )
  })

  test('five are named at most, the others counted', () => {
    const { text } = buildMail(storm, { from: 'w@example.com', to: [] })
    for (const body of [slackBody(storm), teamsBody(storm), incidentIoBody(storm), text]) assert.match(body, /\+9,995 more/)
    assert.equal((JSON.parse(slackBody(storm)) as Json).blocks[2].text.text.split('\n').length, 5)
  })

  test('the end tells how long it lasted, and asks for nothing', () => {
    const { text } = buildMail(resolved, { from: 'w@example.com', to: [] })
    assert.doesNotMatch(text, /First: take|threshold/)
    assert.match(text, /Likely cause: provider-b answers 503/)
    assert.match(text, /All of it is over\./)
    assert.match(text, /lasted 20 min, from 2026-11-28 10:00 UTC to 2026-11-28 10:20 UTC/)
    assert.match(text, /over: acme is served by fallback/)
  })
})

suite('what merges copies and ends alerts', () => {
  test('PagerDuty and incident.io see one key from the first message to the end, and another for another group', () => {
    const keys = (notification: Notification) => [
      (JSON.parse(pagerDuty(notification)) as Json).dedup_key,
      (JSON.parse(incidentIoBody(notification)) as Json).deduplication_key,
    ]
    assert.deepEqual(keys(firing), keys(resolved))
    assert.notDeepEqual(keys(firing), keys({ ...firing, group_key: `${firing.group_key}x` }))
    assert.equal((JSON.parse(pagerDuty(firing)) as Json).event_action, 'trigger')
    assert.equal((JSON.parse(pagerDuty(resolved)) as Json).event_action, 'resolve')
  })

  test('severities are those of the receivers', () => {
    const of = (severity: 'page' | 'ticket' | 'info') => (JSON.parse(pagerDuty({ ...firing, severity })) as Json).payload.severity
    assert.deepEqual([of('page'), of('ticket'), of('info')], ['critical', 'warning', 'info'])
  })

  test('mails of a group are one thread, each with an id of its own that stays on a retry', () => {
    const mail = (notification: Notification) => buildMail(notification, { from: 'Weir <weir@example.com>', to: ['ops@example.com'] })
    assert.equal(mail(firing).references, mail(resolved).references)
    assert.equal(mail(firing).messageId, '<a1b2c3d4e5f60718293a4b5c@example.com>')
    assert.deepEqual(mail(firing), mail(firing))
    assert.deepEqual([mail(firing).headers['Importance'], mail(resolved).headers['Importance']], ['high', undefined])
  })

  test('the v4 shape says what is common, who it is for and why', () => {
    const body = JSON.parse(v4({ ...firing, alerts_total: 9 })) as Json
    assert.deepEqual(
      [body.groupKey, body.receiver, body.notification_reason, body.truncatedAlerts, body.externalURL],
      [firing.group_key, 'on-call', 'first notification', 6, URL_OF_CONSOLE],
    )
    assert.deepEqual(body.commonLabels, {})
    assert.deepEqual(body.alerts[1].labels, { tenant_id: 'acme', alertname: 'failover-active', severity: 'ticket' })
    assert.deepEqual((JSON.parse(v4({ ...firing, alerts: firing.alerts.slice(1) })) as Json).commonLabels, {
      alertname: 'failover-active',
      severity: 'ticket',
    })
  })

  test('Alertmanager lets an alert go after four missed tellings, and is told when it ended', () => {
    const now = firing.decided_at_ms
    const [alive] = JSON.parse(alertmanagerBody(firing, now, 60_000)) as Json
    assert.deepEqual([alive.startsAt, alive.endsAt], ['2026-11-28T10:00:00.000Z', new Date(now + 240_000).toISOString()])
    const [over] = JSON.parse(alertmanagerBody(resolved, now, 60_000)) as Json
    assert.equal(over.endsAt, '2026-11-28T10:20:00.000Z')
    assert.deepEqual(over.labels, alive.labels)
  })
})
