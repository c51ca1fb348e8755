import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { checkTarget, type TargetRules } from '../../../services/alert/sending/check-target.ts'

const tenant: TargetRules = { isOfTenant: true, allowsPlainHttp: false, privateTargets: ['10.0.0.0/8', 'am.monitoring.svc', '127.0.0.1'] }
const platform: TargetRules = { ...tenant, isOfTenant: false }
const never = new AbortController().signal
const check = (url: string, rules: TargetRules, addresses: readonly string[] = []) =>
  checkTarget(url, rules, { resolve: async () => addresses }, never)
const isAllowed = async (url: string, rules: TargetRules, addresses?: readonly string[]) => (await check(url, rules, addresses)).isAllowed

/** IANA's special-purpose registries of IPv4 and IPv6: one address of each block, and forms that hide one. */
const NOT_PUBLIC = [
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.7',
  '203.0.113.9',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:0:7f00:1',
  '64:ff9b::7f00:1',
  '64:ff9b::8.8.8.8',
  '64:ff9b:1::a00:1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '3fff::1',
  '4000::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fec0::1',
  'ff02::1',
]
const PUBLIC = ['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450::1']

suite('receivers of tenants', () => {
  test('no address outside the public internet, literal or looked up', async () => {
    for (const address of NOT_PUBLIC) {
      const literal = address.includes(':') ? `[${address}]` : address
      assert.equal(await isAllowed(`https://${literal}/`, tenant), false, literal)
      assert.equal(await isAllowed('https://hooks.example.com/', tenant, [address]), false, address)
      assert.equal(await isAllowed('https://hooks.example.com/', tenant, ['8.8.8.8', address]), false, `${address} beside a public one`)
    }
    for (const address of PUBLIC) {
      assert.equal(await isAllowed('https://hooks.example.com/', tenant, [address]), true, address)
      assert.equal(await isAllowed(`https://${address.includes(':') ? `[${address}]` : address}/`, tenant), true, address)
    }
  })

  test('numbers in any base and length are the address that they are', async () => {
    const private4 = fc.constantFrom([127, 0, 0, 1], [10, 1, 2, 3], [169, 254, 169, 254], [192, 168, 0, 1])
    const base = fc.constantFrom(8, 10, 16)
    const parts = fc.integer({ min: 1, max: 4 })
    await fc.assert(
      fc.asyncProperty(private4, fc.tuple(base, base, base, base), parts, async (octets, bases, count) => {
        const head = octets.slice(0, count - 1)
        const tail = octets.slice(count - 1).reduce<number>((sum, octet) => sum * 256 + octet, 0)
        const written = [...head, tail].map((value, index) => {
          const radix = bases[index] ?? 10
          return `${radix === 16 ? '0x' : radix === 8 ? '0' : ''}${value.toString(radix)}`
        })
        assert.equal(await isAllowed(`https://${written.join('.')}/`, tenant, ['8.8.8.8']), false, written.join('.'))
      }),
    )
  })

  test('no name of a network within, whatever it resolves to', async () => {
    for (const host of [
      'alertmanager',
      'localhost',
      'localhost.',
      'a.localhost',
      'printer.local',
      'x.internal',
      'metadata.google.internal.',
    ])
      assert.equal(await isAllowed(`https://${host}/`, tenant, ['8.8.8.8']), false, host)
    for (const host of ['locale.example.com', 'internal.example.com', 'xn--bcher-kva.example', 'example.com.'])
      assert.equal(await isAllowed(`https://${host}/`, tenant, ['8.8.8.8']), true, host)
  })

  test('https, usual ports, no credentials', async () => {
    for (const url of [
      'http://a.example',
      'https://a.example:80',
      'https://a.example:22',
      'https://u:p@a.example',
      'ftp://a.example',
      'file:///etc',
      '',
    ])
      assert.equal(await isAllowed(url, { ...tenant, allowsPlainHttp: true }, ['8.8.8.8']), false, url)
    for (const url of ['https://a.example', 'https://a.example:443/', 'https://a.example:8443/x?y#z'])
      assert.equal(await isAllowed(url, tenant, ['8.8.8.8']), true, url)
  })

  test('what the platform may reach is not for tenants', async () => {
    assert.equal(await isAllowed('https://am.monitoring.svc/', tenant, ['10.0.0.1']), false)
    assert.equal(await isAllowed('https://10.0.0.1/', tenant), false)
  })
})

suite('receivers of the platform', () => {
  test('private addresses and names are reached by the list alone', async () => {
    const rules = { ...platform, privateTargets: ['10.1.0.0/16', 'fd12::/16', '192.168.5.5', 'am.monitoring.svc', '*.corp.example'] }
    for (const [url, addresses, expected] of [
      ['https://10.1.2.3:9093/', [], true],
      ['https://10.2.2.3/', [], false],
      ['https://[fd12::1]/', [], true],
      ['https://[::ffff:10.1.2.3]/', [], true],
      ['https://[fd13::1]/', [], false],
      ['https://192.168.5.5/', [], true],
      ['https://192.168.5.6/', [], false],
      ['https://am.monitoring.svc:9093/', ['10.96.0.1'], true],
      ['https://AM.Monitoring.SVC./', ['10.96.0.1'], true],
      ['https://evil-am.monitoring.svc/', ['10.96.0.1'], false],
      ['https://x.corp.example/', ['172.16.0.1'], true],
      ['https://corp.example.evil.com/', ['172.16.0.1'], false],
      ['https://xcorp.example/', ['172.16.0.1'], false],
      ['https://single/', ['10.1.0.9'], true],
      ['https://single/', ['10.1.0.9', '8.8.8.8'], false],
      ['https://hooks.slack.com/', ['8.8.8.8'], true],
      ['https://hooks.slack.com/', ['169.254.169.254'], false],
    ] as const)
      assert.equal(await isAllowed(url, rules, addresses), expected, `${url} ${addresses}`)
  })

  test('plain http needs to be allowed', async () => {
    assert.equal(await isAllowed('http://am.monitoring.svc:9093/', platform, ['10.0.0.1']), false)
    assert.equal(await isAllowed('http://am.monitoring.svc:9093/', { ...platform, allowsPlainHttp: true }, ['10.0.0.1']), true)
  })

  test('no text makes the check fail in another way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.webUrl(),
          fc.string(),
          fc.ipV6().map(ip => `https://[${ip}]`),
        ),
        fc.array(fc.string()),
        async (url, found) => {
          for (const rules of [tenant, platform]) await check(url, rules, found)
        },
      ),
    )
  })
})
