import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endDates, shippedEndDates } from '../../../services/money/price-book/end-dates.ts'

const day = (text: string) => Date.parse(`${text}T00:00:00Z`)
const model = (provider: string, response_model: string, request_model = '') => ({ provider, request_model, response_model })

test('an end date is that of the model that answered, by any of the names that its provider has', () => {
  const endOf = endDates(
    JSON.stringify({
      'azure/gpt-4o-2024-08-06': { litellm_provider: 'azure', deprecation_date: '2026-02-27' },
      'gpt-4o': { litellm_provider: 'openai', deprecation_date: '2027-01-01' },
      old: { litellm_provider: 'openai', deprecation_date: 'soon' },
      sample_spec: { litellm_provider: 'one of …', deprecation_date: 'date when the model becomes deprecated' },
    }),
  )
  assert.equal(endOf(model('azure.ai.openai', 'gpt-4o-2024-08-06')), day('2026-02-27'))
  assert.equal(endOf(model('openai', 'gpt-4o')), day('2027-01-01'))
  // A snapshot does not end with the alias of the same name, nor an alias of one provider with that of another.
  assert.equal(endOf(model('openai', 'gpt-4o-2024-08-06')), undefined)
  assert.equal(endOf(model('anthropic', 'gpt-4o')), undefined)
  assert.equal(endOf(model('openai', 'old')), undefined)
  assert.equal(endOf(model('', '')), undefined)
})

test('the shipped list knows ends', async () => {
  assert.equal((await shippedEndDates())(model('anthropic', 'claude-opus-4-1-20250805')), day('2026-08-05'))
})
