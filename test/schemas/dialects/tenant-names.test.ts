import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { RESERVED_TENANTS } from '../../../schemas/attempt.ts'
import { parseTenants, readTenants } from '../../../schemas/dialects/custom/tenants-file.ts'
import { readAttempts } from '../../../schemas/dialects/read-attempts.ts'
import { recogniseDialect } from '../../../schemas/dialects/registry.ts'
import { buildTenantNames, type NameTenant } from '../../../schemas/dialects/tenant-names.ts'

const line = {
  request_id: 'r1',
  started_at: '2026-11-28T09:00:00Z',
  request_model: 'gpt-4o',
  upstream_kind: 'provider',
  provider: 'openai',
  route: 'httproute/acme/chat',
  api_key_id: 'key-7',
  input_tokens: 10,
  output_tokens: 1,
}

function tenantOf(changed: object, nameTenant: NameTenant | undefined, source = ''): string | undefined {
  const whole = { ...line, ...changed }
  const { reader } = recogniseDialect(whole)
  return readAttempts(reader, whole, { source, hasEscapes: false, nameTenant })[0]?.tenant_id
}

test('a line without a tenant gets the one of the first rule that fits, and a line with one keeps it', () => {
  const page = readFileSync(new URL('../../../docs/tenants.md', import.meta.url), 'utf8')
  const rules = parseTenants(/```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '', 'tenants.yaml')
  const names = buildTenantNames(rules)
  assert.equal(tenantOf({}, names), 'acme')
  assert.equal(tenantOf({ route: 'other' }, names, 'edge-eu'), 'key-7')
  assert.equal(tenantOf({ route: 'other', api_key_id: '' }, names, 'edge-eu'), 'platform', 'an empty key names nobody')
  assert.equal(tenantOf({ route: 'other' }, names, 'edge-ap'), 'platform')
  assert.equal(tenantOf({ tenant_id: 'globex' }, names), 'globex')
})

test('patterns are plain text but for their stars, and all of a match has to fit', () => {
  const names = buildTenantNames([{ match: { route: ['a.b*', '(x)'], api_key_id: ['key-*'] }, tenant: 'acme' }])
  const told = (route: string, api_key_id: string) => {
    try {
      return tenantOf({ route, api_key_id }, names)
    } catch {
      return undefined
    }
  }
  assert.equal(told('a.bc', 'key-1'), 'acme')
  assert.equal(told('(x)', 'key-1'), 'acme')
  for (const [route, key] of [
    ['aXbc', 'key-1'],
    ['a.b', 'other'],
    ['za.b', 'key-1'],
    ['x', 'key-1'],
  ] as const)
    assert.equal(told(route, key), undefined, `${route} ${key}`)
})

test('without a rule that knows, the line is refused and the remedy is named', () => {
  assert.throws(() => tenantOf({}, undefined), { code: 'LINE_FIELD_MISSING', message: /docs\/tenants\.md/ })
  assert.throws(() => tenantOf({ route: '' }, buildTenantNames([{ match: {}, from: 'route' }])), { code: 'LINE_FIELD_MISSING' })
})

test('a caller whom the gateway turned away without knowing stays nobody, whatever the rules say', () => {
  const refused = { outcome: 'rejected', auth_result: 'missing', error_class: 'auth', status_code: 401 }
  const names = buildTenantNames([{ match: {}, tenant: 'acme' }])
  assert.equal(tenantOf(refused, names), RESERVED_TENANTS.unauthenticated)
})

test('a default stands behind the rules, and a name that stands for no tenant is refused', async () => {
  assert.equal(tenantOf({}, await readTenants(undefined, 'all-of-us')), 'all-of-us')
  assert.equal(await readTenants(undefined, undefined), undefined)
  assert.throws(() => tenantOf({}, buildTenantNames([{ match: {}, tenant: RESERVED_TENANTS.unauthenticated }])), {
    code: 'LINE_FIELD_INVALID',
  })
})

test('every fault of a file is told with its line and what was expected', async () => {
  const text = [
    'tenants:',
    '  - match: { route: chat }',
    '  - { tenant: a, from: route }',
    '  - { form: route }',
    '  - { from: colour }',
  ].join('\n')
  assert.throws(
    () => parseTenants(text, 'tenants.yaml'),
    (error: Error) => {
      for (const place of ['tenants.yaml:4', 'tenants.yaml:5']) assert.ok(error.message.includes(place), error.message)
      assert.match(error.message, /"?form"?.*from/s)
      return true
    },
  )
  assert.throws(
    () => parseTenants(text.split('\n').slice(0, 3).join('\n'), 'tenants.yaml'),
    /tenants\.yaml:2: .*either[\s\S]*tenants\.yaml:3/,
  )
  await assert.rejects(readTenants('/nowhere/tenants.yaml', undefined), { code: 'TENANTS_FILE_INVALID' })
})
