import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { RESERVED_TENANTS } from '../../../schemas/attempt.ts'
import { canonicalLine, envoyLine, kongLine, litellmLine } from './lines.ts'
import { attemptOf } from './reading.ts'

const { unauthenticated } = RESERVED_TENANTS
const ownLine = (change: Record<string, unknown>) => canonicalLine('r1', { status_code: undefined, upstream_kind: '', pool: '', ...change })
const claimOf = ({ extra }: { extra: string }) => (extra === '' ? undefined : JSON.parse(extra).claimed_tenant)

suite('a caller whom the gateway refused at the door', () => {
  const lines: [string, Record<string, unknown>, string | undefined][] = [
    ['Weir’s own line without a tenant', ownLine({ tenant_id: undefined, status_code: 401, auth_result: 'missing' }), undefined],
    ['and one that names a tenant', ownLine({ outcome: 'rejected', auth_result: 'revoked' }), 'dept-a'],
    ['and one with a status alone', ownLine({ status_code: 401 }), 'dept-a'],
    [
      'Envoy, whose filter denied, without a tenant',
      envoyLine('r1', { response_code: 401, response_flags: 'UAEX', upstream_host: '-', 'tenant.id': '-' }),
      undefined,
    ],
    [
      'Envoy with a tenant out of a header',
      envoyLine('r1', { response_code: 403, response_flags: 'UAEX', upstream_host: '-', 'tenant.id': '-', 'x-tenant-id': 'victim' }),
      'victim',
    ],
    [
      'Envoy, whose limit hit, without a tenant',
      envoyLine('r1', { response_code: 429, response_flags: 'RL', upstream_host: '-', 'tenant.id': '-' }),
      undefined,
    ],
    [
      'Kong with its workspace alone',
      kongLine('r1', { tries: [], source: 'exit', response: { status: 401 }, consumer: undefined, upstream_status: undefined }),
      'default',
    ],
    [
      'LiteLLM with an end user alone',
      litellmLine('r1', {
        status: 'failure',
        custom_llm_provider: null,
        hidden_params: {},
        api_base: '',
        error_information: { error_code: '401', error_class: 'ProxyException', llm_provider: '', error_message: 'invalid key' },
        metadata: { user_api_key_hash: 'hash-of-a-bad-key' },
      }),
      'user-7',
    ],
  ]
  for (const [name, line, claim] of lines) {
    test(`${name}: is kept under ${unauthenticated}`, () => {
      const attempt = attemptOf(line)
      assert.deepEqual([attempt.tenant_id, attempt.outcome, claimOf(attempt)], [unauthenticated, 'rejected', claim])
    })
  }

  test('whom the gateway knew and denied, or who was too fast, keeps the tenant', () => {
    for (const change of [
      { outcome: 'rejected', auth_result: 'denied' },
      { status_code: 429 },
      { outcome: 'rejected', error_class: 'blocked_by_policy' },
    ])
      assert.equal(attemptOf(ownLine(change)).tenant_id, 'dept-a')
    assert.equal(attemptOf(kongLine('r1', { tries: [], source: 'exit', response: { status: 403 } })).tenant_id, 'dept-a')
  })

  test('the claim is the first thing that extra holds, and never an end to the line', () => {
    const attempt = attemptOf(ownLine({ tenant_id: 'x'.repeat(100), status_code: 401, other: 'y'.repeat(4_090) }))
    assert.equal(claimOf(attempt), 'x'.repeat(100))
    assert.ok(attempt.extra.length <= 4096)
  })

  test('a line that tells no tenant is refused unless its caller was; nobody else may take the name', () => {
    const outcomes = fc.record({
      outcome: fc.constantFrom('ok', 'error', 'rejected', 'cancelled'),
      error_class: fc.constantFrom('', 'auth', 'gateway_rejected', 'client_error', 'provider_rate_limited', 'unknown'),
      auth_result: fc.constantFrom('ok', 'missing', 'invalid', 'expired', 'revoked', 'denied'),
      tenant_id: fc.constantFrom(undefined, unauthenticated),
    })
    fc.assert(
      fc.property(outcomes, change => {
        const isAuth = change.error_class === 'auth' || (change.error_class === '' && change.auth_result !== 'ok')
        const isKept = change.outcome === 'rejected' && (isAuth || change.error_class === 'gateway_rejected')
        const code = change.tenant_id === undefined ? 'LINE_FIELD_MISSING' : 'LINE_FIELD_INVALID'
        if (isKept) assert.equal(attemptOf(ownLine(change)).tenant_id, unauthenticated)
        else assert.throws(() => attemptOf(ownLine(change)), { code })
      }),
    )
  })
})
