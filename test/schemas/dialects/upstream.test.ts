import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { clientNetwork, hostOf, isOwnNetwork } from '../../../schemas/dialects/addresses.ts'
import { type UpstreamHints, upstreamOf } from '../../../schemas/dialects/upstream.ts'

suite('addresses', () => {
  const hosts: [string, string][] = [
    ['10.8.1.12:8000', '10.8.1.12'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['https://user@API.OpenAI.com:443/v1/', 'api.openai.com'],
    ['vllm.llm.svc', 'vllm.llm.svc'],
    ['', ''],
  ]
  for (const [address, host] of hosts) test(`the host of ${address || 'nothing'}`, () => assert.equal(hostOf(address), host))

  const own = [
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '127.0.0.1',
    '::1',
    'fd00::1',
    'fe80::1',
    '100.64.0.1',
    '::ffff:10.0.0.1',
    'vllm',
    'a.b.svc',
    'x.svc.cluster.local',
  ]
  for (const host of own) test(`${host} is of an own network`, () => assert.equal(isOwnNetwork(host), true))
  for (const host of ['52.94.1.9', '2600::1', 'api.openai.com', '172.32.0.1'])
    test(`${host} is not`, () => assert.equal(isOwnNetwork(host), false))

  const networks: [string, string][] = [
    ['203.0.113.9', '203.0.113.0/24'],
    ['203.0.113.9:5123', '203.0.113.0/24'],
    ['2001:db8:1:2::9', '2001:db8:1::/48'],
    ['::ffff:203.0.113.9', '203.0.113.0/24'],
    ['6.6.6.6, 198.51.100.7, 10.0.0.1', '198.51.100.0/24'],
    ['10.0.4.17', '10.0.4.0/24'],
    ['unknown', ''],
    ['', ''],
  ]
  for (const [forwarded, network] of networks)
    test(`a client behind "${forwarded}" is of ${network || 'no network'}`, () => assert.equal(clientNetwork(forwarded), network))
})

suite('pool or provider', () => {
  const none: UpstreamHints = { address: '', model: '', backend: '' }
  const cases: [string, Partial<UpstreamHints>, string[]][] = [
    ['a private address', { address: '10.8.1.12:8000', backend: 'prod/vllm-a' }, ['pool', 'prod/vllm-a', '', '']],
    ['a cluster-local name', { address: 'vllm.llm.svc.cluster.local', backend: 'llama' }, ['pool', 'llama', '', '']],
    ['a pool of which only an address is known', { address: '10.8.1.12:8000' }, ['pool', 'unnamed', '', '']],
    ['a provider’s host', { address: 'https://api.anthropic.com/v1', backend: 'claude' }, ['provider', '', 'anthropic', '']],
    ['an Azure resource', { address: 'my-team.openai.azure.com:443' }, ['provider', '', 'azure.ai.openai', '']],
    ['Bedrock, with its region', { address: 'bedrock-runtime.eu-west-1.amazonaws.com' }, ['provider', '', 'aws.bedrock', 'eu-west-1']],
    ['Vertex, with its region', { address: 'us-central1-aiplatform.googleapis.com' }, ['provider', '', 'gcp.vertex_ai', 'us-central1']],
    ['an own server on EC2 is no Bedrock', { address: 'ec2-1-2-3-4.compute-1.amazonaws.com', backend: 'x' }, ['provider', '', 'x', '']],
    [
      'a public address that serves a Bedrock model',
      { address: '52.94.1.9:443', model: 'anthropic.claude-sonnet-4-5', backend: 'b' },
      ['provider', '', 'aws.bedrock', ''],
    ],
    [
      'open weights show nobody',
      { address: '34.1.2.3:443', model: 'gpt-oss-120b', backend: 'prod/tars' },
      ['provider', '', 'prod/tars', ''],
    ],
    ['a self-hosted product', { protocol: 'hosted_vllm', address: 'https://llm.example.org', backend: 'llama' }, ['pool', 'llama', '', '']],
    [
      'OpenAI’s protocol on a private address',
      { protocol: 'openai', address: '10.0.0.7', model: 'my-llama', backend: 'llama' },
      ['pool', 'llama', '', ''],
    ],
    [
      'OpenAI’s own model behind a private proxy',
      { protocol: 'openai', address: '10.0.0.7', model: 'gpt-4o' },
      ['provider', '', 'openai', ''],
    ],
    [
      'a priced model behind a private proxy',
      { protocol: 'openai', address: '127.0.0.1', model: 'x', isPriced: true },
      ['provider', '', 'openai', ''],
    ],
    ['a named provider without an address', { protocol: 'vertex_ai' }, ['provider', '', 'gcp.vertex_ai', '']],
    ['Portkey’s name of a provider', { protocol: 'vertex-ai' }, ['provider', '', 'gcp.vertex_ai', '']],
    ['Cloudflare’s name of a provider', { provider: 'google-ai-studio' }, ['provider', '', 'gcp.gemini', '']],
    ['the AI SDK’s name of a provider', { protocol: 'anthropic.messages' }, ['provider', '', 'anthropic', '']],
    ['nothing at all', {}, ['', '', '', '']],
    ['the operator says pool', { kind: 'pool', address: 'api.openai.com', backend: 'own' }, ['pool', 'own', '', '']],
    ['the operator says provider', { kind: 'provider', address: '10.0.0.7', provider: 'azure' }, ['provider', '', 'azure.ai.openai', '']],
  ]
  for (const [name, hints, stated] of cases) {
    test(name, () => {
      const upstream = upstreamOf({ ...none, ...hints })
      assert.deepEqual([upstream.upstream_kind, upstream.pool, upstream.provider, upstream.region], stated)
    })
  }
})
