import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authResultOf, endingOfEnvoy, endingOfStatus } from '../../../schemas/dialects/error-classes.ts'

/** What a status means, from whom it came: RFC 9110 and 6585; 499 is nginx's, 529 Anthropic's. */
const statuses: readonly (readonly [status: number, upstream: string, gateway: string])[] = [
  [200, 'ok ', 'ok '],
  [399, 'ok ', 'ok '],
  [400, 'error client_error', 'rejected client_error'],
  [401, 'error auth', 'rejected auth'],
  [403, 'error auth', 'rejected auth'],
  [404, 'error client_error', 'rejected client_error'],
  [408, 'error timeout', 'error timeout'],
  [429, 'error provider_rate_limited', 'rejected gateway_rejected'],
  [499, 'cancelled client_cancelled', 'cancelled client_cancelled'],
  [500, 'error provider_error', 'error unknown'],
  [503, 'error provider_error', 'error no_capacity'],
  [504, 'error provider_error', 'error timeout'],
  [529, 'error provider_overloaded', 'rejected gateway_rejected'],
]

for (const [status, upstream, gateway] of statuses) {
  test(`${status} is "${upstream}" of an upstream and "${gateway}" of the gateway`, () => {
    const words = ({ outcome, error_class }: ReturnType<typeof endingOfStatus>) => `${outcome} ${error_class}`
    assert.equal(words(endingOfStatus(status, true)), upstream)
    assert.equal(words(endingOfStatus(status, false)), gateway)
  })
}

test('a caller that is not known is told from one that may not', () => {
  assert.equal(authResultOf(endingOfStatus(401, false), 401), 'invalid')
  assert.equal(authResultOf(endingOfStatus(403, false), 403), 'denied')
  assert.equal(authResultOf(endingOfStatus(429, false), 429), '')
  assert.equal(authResultOf(endingOfStatus(401, true), 401), '', "an upstream's refusal is of the gateway's own key")
})

test('of several flags of Envoy the one that decides most decides, in both spellings', () => {
  assert.equal(endingOfEnvoy(503, 'URX,UF', false).error_class, 'retries_exhausted')
  assert.equal(endingOfEnvoy(503, 'UpstreamConnectionFailure', false).error_class, 'connect_or_reset')
  assert.equal(endingOfEnvoy(200, 'DC,UT', true).outcome, 'cancelled')
  assert.equal(endingOfEnvoy(0, '', false).outcome, 'cancelled')
  assert.equal(endingOfEnvoy(429, 'UO', true).error_class, 'provider_rate_limited', 'a circuit breaker that forbade the retry')
})
