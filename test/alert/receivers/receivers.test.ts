import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { DEFAULT_ALERTING } from '../../../services/alert/config/alerting-config.ts'
import { readAlertingConfig } from '../../../services/alert/config/read-alerting-config.ts'
import type { Receiver } from '../../../services/alert/receivers/receiver.ts'
import { signatureHeaders } from '../../../services/alert/receivers/webhook.ts'
import { messageOf } from '../../../services/platform/errors.ts'
import { openTestServer, status } from '../sending/misbehaving-server.ts'
import { firing, resolved } from './notifications.ts'
import { fakeKey, type LoggedLine, receiversOf } from './receivers-of.ts'

const never = new AbortController().signal
const one = (receivers: ReadonlyMap<string, Receiver>, name: string): Receiver => {
  const receiver = receivers.get(name)
  assert.ok(receiver, name)
  return receiver
}

suite('Standard Webhooks', () => {
  test('the signature is that of the specification’s own example', () => {
    // standard-webhooks/standard-webhooks, libraries' test vector.
    assert.deepEqual(
      signatureHeaders(
        'msg_p5jXN8AQM9LWM0D4loKWxJek',
        '{"test": 2432232314}',
        ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
        1_614_265_330_999,
      ),
      {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
    )
  })

  test('the public package verifies what arrives with either key while they rotate, and with no other', async () => {
    await using server = await openTestServer(status(200))
    const config = readAlertingConfig(
      `
private_targets: [127.0.0.1]
receivers: [{ name: hook, kind: webhook, url: "${server.url}", plain_http: true, secrets: ["env:NEW", "env:OLD"] }]
`,
      'a.yaml',
    )
    const [newKey, oldKey] = [fakeKey('new'), fakeKey('old')]
    const receivers = receiversOf(config, Date.now, { environment: { NEW: newKey, OLD: oldKey } })
    assert.equal((await one(receivers, 'hook').send({ ...firing, title: 'שלום 🔥' }, never)).outcome, 'delivered')
    const [got] = server.got
    assert.ok(got)
    const headers = got.headers as Record<string, string>
    for (const key of [newKey, oldKey]) {
      const body = new Webhook(key).verify(got.body, headers) as { type: string; data: { id: string; title: string } }
      assert.deepEqual([body.type, body.data.id, body.data.title], ['weir.alert.firing', firing.id, 'שלום 🔥'])
    }
    assert.throws(() => new Webhook(fakeKey('third')).verify(got.body, headers))
    assert.throws(() => new Webhook(newKey).verify(got.body.replace('firing', 'fIring'), headers))
    assert.equal(headers['webhook-id'], firing.id)
  })

  test('a retry has the same id and the time of the try', async () => {
    await using server = await openTestServer(status(503))
    const config = readAlertingConfig(
      `
private_targets: [127.0.0.1]
receivers: [{ name: hook, kind: webhook, url: "${server.url}", plain_http: true, secrets: ["env:KEY"] }]
`,
      'a.yaml',
    )
    let nowMs = 1_000_000_000
    const receiver = one(
      receiversOf(config, () => nowMs, { environment: { KEY: fakeKey('only') } }),
      'hook',
    )
    for (let attempt = 0; attempt < 2; attempt++) {
      assert.equal((await receiver.send(firing, never)).outcome, 'retry')
      nowMs += 30_000
    }
    assert.deepEqual(
      server.got.map(({ headers }) => [headers['webhook-id'], headers['webhook-timestamp']]),
      [
        [firing.id, '1000000'],
        [firing.id, '1000030'],
      ],
    )
    assert.equal(server.got[0]?.body, server.got[1]?.body)
  })
})

suite('receivers over HTTP', () => {
  test('each kind posts its body where it should, with its secret, and takes the answer', async () => {
    await using server = await openTestServer(status(202))
    const http = `url: "env:URL", plain_http: true`
    const config = readAlertingConfig(
      `
private_targets: [127.0.0.1]
receivers:
  - { name: slack, kind: slack, ${http} }
  - { name: teams, kind: teams, ${http} }
  - { name: am, kind: alertmanager, ${http}, authorization: "env:AUTH" }
  - { name: v4, kind: alertmanager-webhook, ${http}, authorization: "env:AUTH" }
  - { name: inc, kind: incident-io, ${http}, token: "env:TOKEN" }
`,
      'a.yaml',
    )
    const environment = { URL: server.url, AUTH: 'Basic ZmFrZTpmYWtl', TOKEN: 'fake-token' }
    const receivers = receiversOf(config, () => firing.decided_at_ms, { environment })
    for (const name of ['slack', 'teams', 'am', 'v4', 'inc'])
      assert.deepEqual(await one(receivers, name).send(firing, never), { outcome: 'delivered', status: 202, detail: 'answered 202' })
    assert.deepEqual(
      server.got.map(({ path, headers, body }) => [path, headers.authorization, Object.keys(JSON.parse(body))[0]]),
      [
        ['/hook', undefined, 'text'],
        ['/hook', undefined, 'type'],
        ['/hook/api/v2/alerts', 'Basic ZmFrZTpmYWtl', '0'],
        ['/hook', 'Basic ZmFrZTpmYWtl', 'version'],
        ['/hook', 'Bearer fake-token', 'title'],
      ],
    )
  })

  test('a 429 without a time waits a minute, one with a time as long as it says', async () => {
    for (const [headers, waitMs] of [
      [{}, 60_000],
      [{ 'retry-after': '7' }, 7_000],
    ] as const) {
      await using server = await openTestServer(status(429, headers))
      const config = readAlertingConfig(
        `
private_targets: [127.0.0.1]
receivers: [{ name: slack, kind: slack, url: "env:URL", plain_http: true }]
`,
        'a.yaml',
      )
      const receivers = receiversOf(config, Date.now, { environment: { URL: server.url } })
      assert.equal((await one(receivers, 'slack').send(firing, never)).retryAfterMs, waitMs)
    }
  })

  test('a receiver of a tenant reaches no private address, whatever the platform may reach', async () => {
    await using server = await openTestServer(status(200))
    const config = readAlertingConfig(
      `
private_targets: [127.0.0.0/8, "*.example"]
receivers: [{ name: mine, kind: slack, tenant: acme, url: "env:URL" }]
`,
      'a.yaml',
    )
    for (const url of [server.url, server.url.replace('http:', 'https:'), 'https://rebind.example/']) {
      const receivers = receiversOf(config, Date.now, { environment: { URL: url }, resolve: async () => ['127.0.0.1'] })
      assert.equal((await one(receivers, 'mine').send(firing, never)).outcome, 'refused', url)
    }
    assert.equal(server.got.length, 0)
  })
})

suite('secrets', () => {
  const config = readAlertingConfig(
    `
receivers:
  - { name: hook, kind: webhook, url: "https://hooks.example.com", secrets: ["env:KEY", "env:GONE"] }
  - { name: pd, kind: pagerduty, routing_key: "file:/nowhere/at/all" }
  - { name: bad, kind: webhook, url: "https://hooks.example.com", secrets: ["env:SHORT"] }
`,
    'a.yaml',
  )

  test('every one that is missing, or is no key, is told at start, and none is shown', () => {
    assert.throws(
      () => receiversOf(config, Date.now, { environment: { KEY: fakeKey('one'), SHORT: 'fake-marked-secret' } }),
      error => {
        assert.deepEqual(messageOf(error).split('\n'), [
          'receiver hook: env:GONE is not set',
          'receiver pd: file:/nowhere/at/all is missing or empty',
          'receiver bad: env:SHORT: a key of Standard Webhooks is whsec_ and 24 to 64 bytes in base64',
        ])
        return true
      },
    )
  })

  test('one in a file may change, and vanish for a while, while the process runs', async () => {
    await using server = await openTestServer(status(200))
    const folder = mkdtempSync(join(tmpdir(), 'weir-secret-'))
    try {
      const path = join(folder, 'url')
      writeFileSync(path, `${server.url}?fake=1\n`)
      const receivers = receiversOf(
        readAlertingConfig(
          `
private_targets: [127.0.0.1]
receivers: [{ name: chat, kind: slack, url: "file:${path}", plain_http: true }]
`,
          'a.yaml',
        ),
        Date.now,
      )
      assert.equal((await one(receivers, 'chat').send(firing, never)).outcome, 'delivered')
      rmSync(path)
      const { outcome, detail } = await one(receivers, 'chat').send(firing, never)
      assert.deepEqual([outcome, detail], ['retry', 'a secret or address of the receiver cannot be read or used'])
      writeFileSync(path, `${server.url}?fake=2`)
      assert.equal((await one(receivers, 'chat').send(firing, never)).outcome, 'delivered')
      assert.deepEqual(
        server.got.map(({ path: asked }) => asked),
        ['/hook?fake=1', '/hook?fake=2'],
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

test('the log receiver is there without a file and writes one line a message, loud while something fires', async () => {
  const logged: LoggedLine[] = []
  const receiver = one(receiversOf(DEFAULT_ALERTING, Date.now, { logged }), 'log')
  for (const notification of [firing, resolved, { ...firing, reason: 'test' as const }])
    assert.equal((await receiver.send(notification, never)).outcome, 'delivered')
  assert.deepEqual(
    logged.map(({ level, message }) => [level, message]),
    [
      ['warn', firing.title],
      ['info', resolved.title],
      ['info', firing.title],
    ],
  )
  assert.match(JSON.stringify(logged[0]?.fields), /fallback to provider-c rescues 92 %/)
})
