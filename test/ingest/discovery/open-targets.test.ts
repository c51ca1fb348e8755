import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { openTargets } from '../../../services/ingest/discovery/open-targets.ts'
import { parseTargetsConfig } from '../../../services/ingest/discovery/targets-config.ts'
import type { Target } from '../../../services/ingest/targets.ts'
import { openFakeDns } from './fake-dns.ts'
import { type FakeKubernetes, openFakeKubernetes } from './fake-kubernetes.ts'

interface Told {
  level: string
  message: string
  detail?: string
}

async function open(t: TestContext, config: object) {
  const folder = await mkdtemp(join(tmpdir(), 'weir-targets-'))
  const path = join(folder, 'targets.json')
  await writeFile(path, JSON.stringify(config))
  const told: Told[] = []
  const tell = (level: string) => (facts: object, message: string) => void told.push({ level, message, ...facts })
  const targets = await openTargets(path, { logger: { info: tell('info'), warn: tell('warn') } })
  t.after(async () => {
    await targets[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })
  return {
    targets,
    told,
    urls: () => targets.current().map(({ url }) => url),
    rewrite: (next: object) => writeFile(path, JSON.stringify(next)),
  }
}

suite('targets by DNS', () => {
  test('addresses of names become targets with the labels of their source, and follow the DNS', async t => {
    const dns = await openFakeDns(t)
    const a = (data: string) => ({ type: 'A' as const, name: 'vllm.test', data })
    dns.answers.set('A vllm.test', [a('10.0.0.2'), a('10.0.0.1')])
    const source = {
      names: ['vllm.test'],
      type: 'A',
      port: 8000,
      server: dns.address,
      labels: { pool: 'gpu-a', region: 'eu', engine: 'vllm', model: 'm' },
    }
    const { targets, urls } = await open(t, { dns_sd_configs: [source] })
    assert.deepEqual(targets.current()[0], {
      url: 'http://10.0.0.1:8000/metrics',
      endpoint: '10.0.0.1:8000',
      pool: 'gpu-a',
      engine: 'vllm',
      model: 'm',
      region: 'eu',
    } satisfies Target)
    assert.equal(targets.current().length, 2)
    dns.answers.set('A vllm.test', [a('10.0.0.3')])
    await targets.refresh()
    assert.deepEqual(urls(), ['http://10.0.0.3:8000/metrics'])
    dns.answers.clear()
    await targets.refresh()
    assert.deepEqual(urls(), [])
  })

  test('SRV names the port too, AAAA is written in brackets', async t => {
    const dns = await openFakeDns(t)
    const srv = (target: string, port: number) => ({ type: 'SRV' as const, name: '_http._tcp.vllm.test', data: { target, port } })
    dns.answers.set('SRV _http._tcp.vllm.test', [srv('pod-1.vllm.test', 8001), srv('pod-0.vllm.test', 8000)])
    dns.answers.set('AAAA six.test', [{ type: 'AAAA', name: 'six.test', data: 'fd00::1' }])
    const { urls } = await open(t, {
      dns_sd_configs: [
        { names: ['_http._tcp.vllm.test'], server: dns.address, labels: { pool: 'a', __metrics_path__: '/stats', __scheme__: 'https' } },
        { names: ['six.test'], type: 'AAAA', port: 9000, server: dns.address, labels: { pool: 'b' } },
      ],
    })
    assert.deepEqual(urls(), ['https://pod-0.vllm.test:8000/stats', 'https://pod-1.vllm.test:8001/stats', 'http://[fd00::1]:9000/metrics'])
  })

  test('a DNS that fails keeps the last targets, and is told once when it begins and once when it ends', async t => {
    const dns = await openFakeDns(t)
    dns.answers.set('A vllm.test', [{ type: 'A', name: 'vllm.test', data: '10.0.0.1' }])
    const source = { names: ['vllm.test'], type: 'A', port: 8000, server: dns.address, labels: { pool: 'a' } }
    const { targets, told, urls } = await open(t, { dns_sd_configs: [source] })
    dns.isDown = true
    await targets.refresh()
    await targets.refresh()
    assert.deepEqual(urls(), ['http://10.0.0.1:8000/metrics'])
    assert.deepEqual(
      told.map(({ level }) => level),
      ['warn'],
    )
    dns.isDown = false
    await targets.refresh()
    assert.deepEqual(
      told.map(({ level }) => level),
      ['warn', 'info'],
    )
  })
})

suite('targets as Kubernetes pods', () => {
  const opened = async (t: TestContext): Promise<FakeKubernetes | undefined> => {
    const fake = await openFakeKubernetes(t)
    if (fake === undefined) t.skip('there is no openssl to make a certificate with')
    return fake
  }
  const source = ({ address, folder }: FakeKubernetes, more: object = {}) => ({
    api_server: address,
    ca_file: `${folder}/ca.crt`,
    token_file: `${folder}/token`,
    selector: 'app=vllm',
    labels: { pool: 'default-pool', engine: 'vllm' },
    ...more,
  })
  const http = [{ containerPort: 8000, name: 'http' }]

  test('running pods of the selector become targets; labels and annotations say pool, model and region', async t => {
    const fake = await opened(t)
    if (fake === undefined) return
    const app = { app: 'vllm' }
    fake.pods = [
      {
        name: 'b',
        ip: '10.1.0.2',
        ports: http,
        labels: { ...app, 'ai/pool': 'gpu-b', 'topology.kubernetes.io/region': 'eu-1' },
        annotations: { 'ai/model': 'llama' },
      },
      { name: 'a', ip: '10.1.0.1', ports: http, labels: app },
      { name: 'six', ip: 'fd00::7', ports: http, labels: app },
      {
        name: 'own',
        ip: '10.1.0.3',
        labels: app,
        annotations: { 'prometheus.io/port': '9090', 'prometheus.io/path': '/stats', 'prometheus.io/scheme': 'https' },
      },
      { name: 'other-app', ip: '10.1.0.4', ports: http, labels: { app: 'web' } },
      { name: 'starting', ports: http, labels: app, phase: 'Pending' },
      { name: 'done', ip: '10.1.0.5', ports: http, labels: app, phase: 'Succeeded' },
      { name: 'leaving', ip: '10.1.0.6', ports: http, labels: app, deletionTimestamp: '2026-06-01T00:00:00Z' },
      { name: 'not-me', ip: '10.1.0.8', ports: http, labels: app, annotations: { 'prometheus.io/scrape': 'false' } },
    ]
    const { targets, told } = await open(t, {
      kubernetes_sd_configs: [source(fake, { port: 'http', from_pod: { pool: 'ai/pool', model: 'ai/model' } })],
    })
    assert.deepEqual(
      targets.current().map(({ url, pool, model, region, engine }) => [url, pool, model, region, engine]),
      [
        ['http://10.1.0.1:8000/metrics', 'default-pool', undefined, undefined, 'vllm'],
        ['http://10.1.0.2:8000/metrics', 'gpu-b', 'llama', 'eu-1', 'vllm'],
        ['http://[fd00::7]:8000/metrics', 'default-pool', undefined, undefined, 'vllm'],
        ['https://10.1.0.3:9090/stats', 'default-pool', undefined, undefined, 'vllm'],
      ],
    )
    assert.deepEqual(told, [])
  })

  test('a pod of which the port or the pool is not known is told, and the others are read', async t => {
    const fake = await opened(t)
    if (fake === undefined) return
    const labels = { app: 'vllm', 'ai/pool': 'p' }
    fake.pods = [
      { name: 'good', ip: '10.1.0.1', ports: http, labels },
      { name: 'two-ports', namespace: 'ai', ip: '10.1.0.2', ports: [...http, { containerPort: 1, name: 'x' }], labels },
      { name: 'no-pool', namespace: 'ai', ip: '10.1.0.3', ports: http, labels: { app: 'vllm' } },
    ]
    const { urls, told } = await open(t, { kubernetes_sd_configs: [source(fake, { labels: {}, from_pod: { pool: 'ai/pool' } })] })
    assert.deepEqual(urls(), ['http://10.1.0.1:8000/metrics'])
    assert.match(told[0]?.detail ?? '', /ai\/two-ports: no port.*; ai\/no-pool: has no label "pool"/)
  })

  test('the pods of the named namespaces are asked for, page by page', async t => {
    const fake = await opened(t)
    if (fake === undefined) return
    fake.pageSize = 2
    fake.pods = Array.from({ length: 5 }, (_, n) => ({
      name: `p${n}`,
      namespace: n === 4 ? 'b' : 'a',
      ip: `10.1.0.${n}`,
      ports: http,
      labels: { app: 'vllm' },
    }))
    const { urls } = await open(t, { kubernetes_sd_configs: [source(fake, { namespaces: ['a', 'b'], port: 8000 })] })
    assert.equal(urls().length, 5)
    assert.deepEqual(
      fake.asked.map(url => [new URL(url, 'https://x').pathname, new URL(url, 'https://x').searchParams.get('continue')]),
      [
        ['/api/v1/namespaces/a/pods', null],
        ['/api/v1/namespaces/a/pods', '2'],
        ['/api/v1/namespaces/b/pods', null],
      ],
    )
  })

  test('a server that refuses, or that the authority did not sign for, keeps the last targets and is told', async t => {
    const fake = await opened(t)
    const stranger = await openFakeKubernetes(t)
    if (fake === undefined || stranger === undefined) return
    fake.pods = [{ name: 'a', ip: '10.1.0.1', ports: http, labels: { app: 'vllm' } }]
    const { targets, urls, told } = await open(t, {
      kubernetes_sd_configs: [source(fake), source(fake, { ca_file: `${stranger.folder}/ca.crt` })],
    })
    assert.deepEqual(urls(), ['http://10.1.0.1:8000/metrics'])
    assert.match(told[0]?.detail ?? '', /certificate/)
    fake.status = 403
    await targets.refresh()
    assert.deepEqual(urls(), ['http://10.1.0.1:8000/metrics'])
    assert.match(told[1]?.detail ?? '', /was answered 403/)
    assert.ok(told.every(one => !JSON.stringify(one).includes('fake-service-account-token')))
  })
})

suite('the targets file with sources', () => {
  test('an address that two sources name is read once, as the first of them says', async t => {
    const dns = await openFakeDns(t)
    dns.answers.set('A vllm.test', [{ type: 'A', name: 'vllm.test', data: '10.0.0.1' }])
    const { targets } = await open(t, {
      static_configs: [{ targets: ['10.0.0.1:8000'], labels: { pool: 'named' } }],
      dns_sd_configs: [{ names: ['vllm.test'], type: 'A', port: 8000, server: dns.address, labels: { pool: 'found' } }],
    })
    assert.deepEqual(
      targets.current().map(({ pool }) => pool),
      ['named'],
    )
  })

  test('a changed file takes sources away and keeps what the others know', async t => {
    const dns = await openFakeDns(t)
    dns.answers.set('A a.test', [{ type: 'A', name: 'a.test', data: '10.0.0.1' }])
    dns.answers.set('A b.test', [{ type: 'A', name: 'b.test', data: '10.0.0.2' }])
    const source = (name: string) => ({ names: [name], type: 'A', port: 1, server: dns.address, labels: { pool: 'p' } })
    const { targets, urls, rewrite } = await open(t, { dns_sd_configs: [source('a.test'), source('b.test')] })
    assert.equal(urls().length, 2)
    dns.isDown = true
    await rewrite({ dns_sd_configs: [source('b.test')] })
    await targets.refresh()
    assert.deepEqual(urls(), ['http://10.0.0.2:1/metrics'])
  })

  test('faults of sources are told by name', () => {
    const faulty: readonly [object, RegExp][] = [
      [{ dns_sd: [] }, /additional/],
      [{ dns_sd_configs: [{ names: [], labels: { pool: 'p' } }] }, /names/],
      [{ dns_sd_configs: [{ names: ['x'], type: 'A', labels: { pool: 'p' } }] }, /dns_sd_configs 1 has type A, which needs "port"/],
      [{ dns_sd_configs: [{ names: ['x'], labels: {} }] }, /dns_sd_configs 1 has no label "pool"/],
      [{ kubernetes_sd_configs: [{ selector: 'a=b' }] }, /kubernetes_sd_configs 1 has no label "pool"/],
      [{ kubernetes_sd_configs: [{ labels: { pool: 'p' }, api_server: 'https://user:pass@x' }] }, /api_server/],
      [{ kubernetes_sd_configs: [{ labels: { pool: 'p' }, namespaces: ['a/../b'] }] }, /namespaces/],
      [{ static_configs: [{ targets: ['x'] }] }, /targets/],
    ]
    for (const [config, message] of faulty) assert.throws(() => parseTargetsConfig(JSON.stringify(config), 'targets.json'), message)
  })
})
