import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { breachesOf, type TrafficRow } from '../../../services/answers/egress/breaches.ts'
import { breachOf, type EgressPolicy, openEgressPolicy, readEgressPolicy } from '../../../services/answers/egress/egress-policy.ts'
import { AppError } from '../../../services/platform/errors.ts'

const POLICY = readEgressPolicy(
  `
allow:
  - provider: openai
  - provider: anthropic
    regions: [eu-central-1, eu-west-1]
  - provider: bedrock
    tenants: [acme]
  - provider: bedrock
    regions: [us-east-1]
    tenants: [globex]
`,
  'egress.yaml',
)
const reason = (tenant_id: string, provider: string, region = '') => breachOf(POLICY, { tenant_id, provider, region })

test('what no row allows a tenant is not allowed, and why is told', () => {
  assert.deepEqual([reason('acme', 'openai'), reason('globex', 'openai', 'us')], [undefined, undefined])
  assert.deepEqual([reason('acme', 'mistral'), reason('initech', 'bedrock')], ['provider not allowed', 'provider not allowed'])
  assert.deepEqual([reason('acme', 'anthropic', 'eu-west-1'), reason('acme', 'anthropic', 'us-east-1')], [undefined, 'region not allowed'])
  assert.equal(reason('acme', 'anthropic'), 'region not told')
  assert.deepEqual(
    [reason('acme', 'bedrock'), reason('globex', 'bedrock', 'us-east-1'), reason('globex', 'bedrock', 'eu')],
    [undefined, undefined, 'region not allowed'],
  )
  assert.equal(breachOf({ allow: [] }, { tenant_id: 'acme', provider: 'openai', region: '' }), 'provider not allowed')
})

test('every fault of the file is told at once, with its line', () => {
  const text = `
allow:
  - providr: openai
  - provider: anthropic
    regions: []
  - provider: bedrock
    tenants: [acme, globex]
  - provider: bedrock
    tenants: [globex, acme]
deny: []
`
  assert.throws(
    () => readEgressPolicy(text, 'egress.yaml'),
    (error: unknown) => {
      assert.ok(error instanceof AppError && error.code === 'EGRESS_FILE_INVALID')
      assert.match(error.message, /egress\.yaml:3: .*providr/)
      assert.match(error.message, /egress\.yaml:5: /)
      assert.match(error.message, /egress\.yaml:10: .*deny/)
      return true
    },
  )
  const twice = text.replace('providr', 'provider').replace('regions: []', 'regions: [eu]').replace('deny: []', '')
  assert.throws(() => readEgressPolicy(twice, 'egress.yaml'), /egress\.yaml:8: .*says the same as row 3/)
})

test('a file that is not there is a fault, no file is no policy', async () => {
  await assert.rejects(openEgressPolicy('/nowhere/egress.yaml'), (error: unknown) => {
    return error instanceof AppError && error.code === 'EGRESS_FILE_INVALID' && /nowhere/.test(error.message)
  })
  assert.equal(await openEgressPolicy(undefined), undefined)
})

const name = fc.constantFrom('a', 'b', 'c')
const policy: fc.Arbitrary<EgressPolicy> = fc.record({
  allow: fc.array(
    fc.record(
      { provider: name, regions: fc.array(name, { minLength: 1 }), tenants: fc.array(name, { minLength: 1 }) },
      { requiredKeys: ['provider'] },
    ),
    { maxLength: 6 },
  ),
})
const traffic: fc.Arbitrary<TrafficRow> = fc
  .record({ tenant_id: name, provider: name, region: fc.constantFrom('', 'a', 'b') })
  .map(row => ({ ...row, attempts: 3, tokens: 5, cost: '0.1', currency: 'USD', first_ms: 0, last_ms: 60_000 }))

test('traffic and breaches: told is exactly what no row of the file covers, and a further row never makes a breach', () => {
  fc.assert(
    fc.property(policy, fc.array(traffic), (allowed, rows) => {
      const isCovered = (row: TrafficRow) =>
        allowed.allow.some(
          one =>
            one.provider === row.provider &&
            (one.tenants === undefined || one.tenants.includes(row.tenant_id)) &&
            (one.regions === undefined || one.regions.includes(row.region)),
        )
      assert.equal(breachesOf(rows, allowed).length, rows.filter(row => !isCovered(row)).length)
      const more = { allow: [...allowed.allow, { provider: 'a' }] }
      assert.ok(breachesOf(rows, more).length <= breachesOf(rows, allowed).length)
    }),
  )
})
