/** Figures name pools and providers, never an address. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import type { AttemptContent } from '../../../schemas/attempt.ts'
import { isAddress } from '../../../schemas/dialects/addresses.ts'
import { targetNames } from '../../../schemas/dialects/custom/target-names.ts'
import { parseUpstreams } from '../../../schemas/dialects/custom/upstreams-file.ts'
import { readAttempts } from '../../../schemas/dialects/read-attempts.ts'
import { recogniseDialect } from '../../../schemas/dialects/registry.ts'
import { nameOfLeft } from '../../../schemas/dialects/upstream.ts'
import { buildUpstreamNames, type NameUpstream, poolNameOf } from '../../../schemas/dialects/upstream-names.ts'
import { envoyLine } from './lines.ts'

function named(line: Record<string, unknown>, nameUpstream?: NameUpstream): AttemptContent {
  const [attempt] = readAttempts(recogniseDialect(line).reader, line, { source: '', hasEscapes: false, nameUpstream })
  return attempt as AttemptContent
}

suite('names that Weir learns by itself', () => {
  const pools: [backend: string, host: string, name: string][] = [
    ['prod/vllm-a', '10.0.0.1', 'prod/vllm-a'],
    ['httproute/prod/chat/rule/0', '10.0.0.1', 'httproute/prod/chat/rule/0'],
    ['outbound|8000|v1|vllm.ai.svc.cluster.local', '10.0.0.1', 'ai/vllm/v1'],
    ['outbound|8000||vllm.ai.svc.cluster.local', '10.0.0.1', 'ai/vllm'],
    ['', 'vllm.ai.svc.cluster.local', 'ai/vllm'],
    ['', 'vllm-0.vllm.ai.svc', 'ai/vllm'],
    ['', 'gpu-a.internal', 'gpu-a.internal'],
    ['10.0.0.1:8000', 'gpu-a.internal', 'gpu-a.internal'],
    ['10.0.0.1:8000', '10.0.0.1', 'unnamed'],
    ['[fd00::1]:8000', 'fd00::1', 'unnamed'],
    ['', '', 'unnamed'],
  ]
  for (const [backend, host, name] of pools)
    test(`${backend || 'no backend'} at ${host || 'no host'} is ${name}`, () => assert.equal(poolNameOf(backend, host), name))

  test('no pool and no provider is ever called by an address', () => {
    const address = fc
      .oneof(
        fc.ipV4(),
        fc.ipV6().map(ip => `[${ip}]`),
      )
      .chain(ip => fc.constantFrom(ip, `${ip}:8000`, `http://${ip}:8000/v1`))
    fc.assert(
      fc.property(address, fc.oneof(address, fc.constantFrom('', 'llama-pool')), address, (host, cluster, tried) => {
        const attempt = named(
          envoyLine('r', {
            upstream_host: host,
            upstream_cluster: cluster,
            upstream_hosts_attempted: `${tried},${host}`,
            upstream_request_attempt_count: 2,
            'gen_ai.provider.name': 'prod/b/route/r/rule/0/ref/1',
          }),
        )
        for (const name of [attempt.pool, attempt.provider, attempt.fallback_from]) assert.ok(!isAddress(name), `${name} of ${host}`)
      }),
    )
  })

  const left: [string, string][] = [
    ['10.8.1.11:8000', ''],
    ['api.openai.com:443', 'openai'],
    ['api.anthropic.com', 'anthropic'],
    ['vllm.ai.svc.cluster.local:8000', 'ai/vllm'],
    ['https://my-team.openai.azure.com/openai', 'azure.ai.openai'],
    ['gpt-4.1-mini', 'gpt-4.1-mini'],
    ['bedrock/anthropic.claude-3-5-sonnet-20240620-v1:0', 'bedrock/anthropic.claude-3-5-sonnet-20240620-v1:0'],
    ['anthropic.claude-3-5-sonnet-20240620-v1:0', 'anthropic.claude-3-5-sonnet-20240620-v1:0'],
    ['prod/vllm-a', 'prod/vllm-a'],
    ['', ''],
  ]
  for (const [text, name] of left)
    test(`what was left at ${text || 'nothing'} is ${name || 'not known'}`, () => assert.equal(nameOfLeft(text), name))
})

suite('pools of metrics targets', () => {
  const groups = [
    { targets: ['10.0.0.1:8000', '10.0.0.2:8001', '127.0.0.1:8001'], labels: { pool: 'gpu-a' } },
    { targets: ['10.0.0.1:8000', '127.0.0.1:8002', '10.0.9.*:8000'], labels: { pool: 'gpu-b' } },
    { targets: ['10.0.0.7:8000'] },
    { names: ['vllm.ai.svc.cluster.local'], labels: { pool: 'gpu-c' } },
  ]
  const find = buildUpstreamNames(targetNames(JSON.stringify({ static_configs: groups.slice(0, 3), dns_sd_configs: groups.slice(3) })))

  test('an address is of the pool that names it first, a host of its only pool, whatever the port', () => {
    const cases: [string, string | undefined][] = [
      ['10.0.0.1:8000', 'gpu-a'],
      ['10.0.0.2:9000', 'gpu-a'],
      ['127.0.0.1:8001', 'gpu-a'],
      ['127.0.0.1:8002', 'gpu-b'],
      ['127.0.0.1:8003', undefined],
      ['vllm.ai.svc.cluster.local:8000', 'gpu-c'],
      ['10.0.0.7:8000', undefined],
      ['10.0.9.1:8000', undefined],
    ]
    for (const [word, pool] of cases) assert.equal(find(word)?.name, pool, word)
    assert.equal(buildUpstreamNames(targetNames(JSON.stringify(groups.slice(0, 1))))('10.0.0.1:80')?.name, 'gpu-a')
  })

  test('a file that says something amiss names nothing, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), text => {
        assert.deepEqual(targetNames(text), [])
      }),
    )
  })
})

suite('the file of upstreams', () => {
  const page = readFileSync(new URL('../../../docs/upstreams.md', import.meta.url), 'utf8')
  const documented = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  const find = buildUpstreamNames(parseUpstreams(documented, 'upstreams.yaml'))

  test('names by network, by pattern, by cluster; the first entry counts; what it does not name stays', () => {
    const cases: [string, unknown][] = [
      ['10.0.3.17:8000', { kind: 'pool', name: 'vllm-a' }],
      ['[fd00:3::9]:8000', { kind: 'pool', name: 'vllm-a' }],
      ['::ffff:10.0.3.17', { kind: 'pool', name: 'vllm-a' }],
      ['VLLM-A-3.gpu.internal:8000', { kind: 'pool', name: 'vllm-a' }],
      ['httproute/prod/chat/rule/1', { kind: 'pool', name: 'vllm-b' }],
      ['https://egress-openai.internal/v1', { kind: 'provider', name: 'openai' }],
      ['10.0.4.17:8000', undefined],
      ['vllm-a-3xgpu.internal:8000', undefined],
      ['10.0.3', undefined],
    ]
    for (const [word, expected] of cases) {
      const found = find(word)
      assert.deepEqual(found && { kind: found.kind, name: found.name }, expected, word)
    }
    const first = buildUpstreamNames([
      { kind: 'pool', name: 'a', match: ['10.0.0.0/8'] },
      { kind: 'pool', name: 'b', match: ['*'] },
    ])
    assert.deepEqual(
      ['10.1.1.1', 'x'].map(word => first(word)?.name),
      ['a', 'b'],
    )
  })

  test('puts the names into attempts and into what a fallback left, and only where something was called', () => {
    const sent = named(
      envoyLine('r', {
        upstream_host: '10.0.3.17:8000',
        upstream_hosts_attempted: 'egress-openai.internal:443,10.0.3.17:8000',
        upstream_request_attempt_count: 2,
        'gen_ai.provider.name': 'prod/b/route/r/rule/0/ref/1',
      }),
      find,
    )
    assert.deepEqual([sent.upstream_kind, sent.pool, sent.provider, sent.fallback_from], ['pool', 'vllm-a', '', 'openai'])
    const proxied = named(envoyLine('r', { upstream_host: 'egress-openai.internal:443' }), find)
    assert.deepEqual([proxied.upstream_kind, proxied.pool, proxied.provider], ['provider', '', 'openai'])
    const refused = named(
      envoyLine('r', { upstream_host: null, response_code: 429, response_flags: 'RL', upstream_request_attempt_count: 0 }),
      find,
    )
    assert.deepEqual([refused.upstream_kind, refused.pool, refused.provider], ['', '', ''])
  })

  const retried = (hosts: string, last: string) =>
    envoyLine('r', { upstream_hosts_attempted: `${hosts},${last}`, upstream_host: last, upstream_request_attempt_count: 2 })
  const retries: [what: string, hosts: string, last: string, find: NameUpstream | undefined, from: string][] = [
    ['another server of the pool', '10.0.3.1:8000', '10.0.3.2:8000', find, ''],
    ['a server that nobody named', '10.9.9.9:8000', '10.0.3.2:8000', find, ''],
    ['a pool for another, both in the file', 'egress-openai.internal:443', '10.0.3.2:8000', find, 'openai'],
    ['a provider for a pool', 'api.openai.com:443', '10.9.9.9:8000', undefined, 'openai'],
    ['a pool in the file for a provider', '10.0.3.1:8000', 'api.anthropic.com:443', find, 'vllm-a'],
    ['a pool in the file for one that is not', '10.0.3.1:8000', '10.9.9.9:8000', find, ''],
    ['one name of a provider for another', 'eu.api.openai.com:443', 'api.openai.com:443', undefined, ''],
  ]
  for (const [what, hosts, last, names, from] of retries) {
    test(`a retry that left ${what} is ${from === '' ? 'a retry' : 'a fallback'}`, () => {
      const attempt = named(retried(hosts, last), names)
      assert.deepEqual([attempt.is_fallback, attempt.is_retry, attempt.fallback_from], [from !== '', from === '', from])
    })
  }

  const faults: [string, RegExp][] = [
    ['pool: a', /upstreams\.yaml: the file .*expected a list/],
    ['- pool: a', /entry 1 .*match/],
    ['- pool: a\n  match: x\n- provider: b\n  match: []', /entry 2 match/],
    ['- match: x', /entry 1 needs either pool or provider/],
    ['- pool: a\n  provider: b\n  match: x', /entry 1 needs either pool or provider/],
    ['- pool: a\n  match: 10.0.0.0/64', /entry 1: 10\.0\.0\.0\/64 is no network/],
    ['- pool: [', /upstreams\.yaml: /],
    ['- pool: a\n  match: x\n  mach: y', /entry 1/],
  ]
  for (const [text, message] of faults) {
    test(`is refused with its place: ${text.replaceAll('\n', ' ')}`, () => {
      assert.throws(() => parseUpstreams(text, 'upstreams.yaml'), { code: 'UPSTREAMS_FILE_INVALID', message })
    })
  }
})
