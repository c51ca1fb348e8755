import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holdAgainstTraffic } from '../../../services/answers/manifests/hold-against-traffic.ts'
import { parseManifests } from '../../../services/answers/manifests/parse-manifests.ts'
import { route, traffic, wellRun } from '../audit/platform-facts.ts'

// As kubectl get -o yaml gives it: a List, with what the audit does not know beside it.
const MANIFESTS = `
apiVersion: v1
kind: List
items:
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: { name: chat, namespace: ai }
    spec:
      rules:
        - backendRefs:
            - { group: inference.networking.k8s.io, kind: InferencePool, name: llama }
            - { kind: AIServiceBackend, name: openai-backend }
          timeouts: { request: 60s }
  - apiVersion: inference.networking.k8s.io/v1
    kind: InferencePool
    metadata: { name: llama, namespace: ai }
    spec: { endpointPickerRef: { name: picker } }
  - apiVersion: inference.networking.x-k8s.io/v1alpha2
    kind: InferenceObjective
    metadata: { name: interactive, namespace: ai }
    spec: { priority: 10, poolRef: { name: llama } }
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: other } }
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: BackendTrafficPolicy
metadata: { name: retries, namespace: ai }
spec: { targetRefs: [{ kind: HTTPRoute, name: chat }], retry: { numRetries: 3 } }
`
const file = (text: string) => [{ name: 'all.yaml', text }]
const told = (manifests: string, facts: Partial<typeof wellRun> = {}) =>
  holdAgainstTraffic(parseManifests(file(manifests)), { ...wellRun, ...facts }).map(({ what, finding }) => `${what}: ${finding}`)

test('declarations that go together with traffic are not told', () => {
  assert.deepEqual(told(MANIFESTS), [])
  const named = 'httproute/ai/chat/rule/0/match/0/api.example.com'
  assert.deepEqual(told(MANIFESTS, { routes: [route({ route: named })] }), [], 'as Envoy Gateway names routes')
})

test('a route without a timeout whose attempts time out or whose retries storm is told', () => {
  const without = MANIFESTS.replace('timeouts: { request: 60s }', 'name: one')
  assert.deepEqual(told(without), [], 'as long as nothing happens')
  assert.match(told(without, { routes: [route({ timeouts: 40 })] })[0] ?? '', /^HTTPRoute ai\/chat: declares no timeout, and 40 attempts/)
  assert.match(
    told(without, { routes: [route({ worst_amplification: 2.4 })] })[0] ?? '',
    /declares no timeout, and its worst minute had 2.40/,
  )
  assert.match(
    told(MANIFESTS, { routes: [route({ worst_amplification: 2.4 })] })[0] ?? '',
    /declares 3 further tries, and its worst minute/,
  )
})

test('requests that went where nobody sends them are told, and so are routes that nobody declared', () => {
  const routes = [route({ upstreams: ['llama', 'anthropic'] }), route({ route: 'shadow' })]
  assert.deepEqual(told(MANIFESTS, { routes }), [
    'HTTPRoute ai/chat: its requests also went to anthropic, which it does not declare (declared: llama, openai-backend)',
    'route shadow: 1,000 requests took it, and no manifest declares it',
  ])
})

test('a pool that no route reaches, that nothing came to, without a picker or a priority is told', () => {
  const pool = (name: string) => `---\nkind: InferencePool\nmetadata: { name: ${name}, namespace: ai }\nspec: {}\n`
  assert.deepEqual(told(`${MANIFESTS}${pool('idle')}`), ['InferencePool ai/idle: no route reaches it'])
  assert.match(told(MANIFESTS, { traffic: [traffic({})] })[0] ?? '', /llama: a route reaches it, but no attempt went there/)
  const bare = MANIFESTS.replace('endpointPickerRef: { name: picker }', 'targetPorts: []').replace(
    'poolRef: { name: llama }',
    'poolRef: { name: qwen }',
  )
  const unclassed = { traffic: [traffic({}), traffic({ upstream_kind: 'pool', upstream: 'llama', prioritised_attempts: 0 })] }
  assert.deepEqual(told(bare, unclassed), [
    'InferencePool ai/llama: has no endpoint picker',
    'InferencePool ai/llama: nothing gives its requests a priority',
  ])
})

test('proxies that write no log are told', () => {
  const gateway = '---\nkind: Gateway\nmetadata: { name: edge, namespace: ai }\n'
  const proxy = (telemetry: string) => `---\nkind: EnvoyProxy\nmetadata: { name: p, namespace: ai }\nspec: { telemetry: ${telemetry} }\n`
  assert.deepEqual(told(`${MANIFESTS}${gateway}${proxy('{ accessLog: { settings: [{ sinks: [] }] } }')}`), [])
  assert.deepEqual(told(`${MANIFESTS}${gateway}${proxy('{}')}`), ['EnvoyProxy: 1 of 1 declare no access log'])
})

test('what is no manifest is refused with file, line and what was expected; all faults at once', () => {
  const broken = [...file('kind: [\n'), { name: 'b.yaml', text: 'colour: red\n' }]
  assert.throws(() => parseManifests(broken), /MANIFEST_INVALID|all\.yaml:\d+: .*expected YAML.*\nb\.yaml: a document has no kind/s)
  const empty = parseManifests(file(''))
  assert.deepEqual([empty.routes, empty.pools], [[], []])
})
