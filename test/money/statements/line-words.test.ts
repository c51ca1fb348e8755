import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDecimal as d } from '../../../services/money/decimal.ts'
import { buildStatement } from '../../../services/money/statements/build-statement.ts'
import { detail } from '../../../services/money/statements/detail.ts'
import { statementsHtml } from '../../../services/money/statements/statement-html.ts'
import { statementText } from '../../../services/money/statements/statement-text.ts'
import { usageDetails } from '../../../services/money/statements/usage-details.ts'
import { charge, monthOf, ONE } from './random-month.ts'
import { statementHead } from './statement-head.ts'

const month = monthOf('UTC')
const day = { charge_period_start_ms: month.start_ms, charge_period_end_ms: month.end_ms }

function statementOf(...charges: ReturnType<typeof charge>[]) {
  const covered = charges.map(one => ({ charge: one, commitment_id: '' }))
  const shared = detail({
    meter: 'shared_cost',
    description: 'Platform team',
    list_cost: d('500'),
    effective_cost: d('500'),
    precise_cost: d('500'),
    ...day,
  })
  return buildStatement(statementHead, [...usageDetails(covered, month, new Set()), shared])
}

const lineWith = (text: string, words: string) => text.split('\n').find(line => line.includes(words)) ?? assert.fail(`${words} in ${text}`)

test('a draft as text shows what a million tokens and what an image cost, and what has no price', () => {
  const text = statementText(
    statementOf(
      charge({}),
      charge({ token_kind: 'output_image', quantity: 3n * ONE, list_unit_price: d('0.04'), contracted_unit_price: d('0.039') }),
      charge({ token_kind: 'input_audio_second', quantity: d('12.5'), list_unit_price: null, contracted_unit_price: null }),
    ),
  )
  assert.match(lineWith(text, 'input tokens'), /1,000 Tokens +2\.50 USD per million/)
  assert.match(lineWith(text, 'output images'), /3 Images +0\.039 USD each/)
  assert.match(lineWith(text, 'input audio seconds'), /12\.5 Seconds +no price/)
  assert.match(lineWith(text, 'Without a price'), /12\.5 seconds of gpt-4o have no price in force/)
})

test('two lines that a price change tells apart say which price they are at, others need not', () => {
  const statement = statementOf(
    charge({}),
    charge({ price_version: 7, list_unit_price: d('0.000003'), contracted_unit_price: d('0.000003') }),
    charge({ token_kind: 'output' }),
  )
  const text = statementText(statement)
  assert.match(lineWith(text, 'price of import 1'), /input tokens, price of import 1 .*2\.50 USD per million/)
  assert.match(lineWith(text, 'price of import 7'), /input tokens, price of import 7 .*3\.00 USD per million/)
  assert.doesNotMatch(lineWith(text, 'output tokens'), /import/)
  assert.match(statementsHtml([statement]), /<em>price of import 7<\/em>/)
})

test('usage at list prices holds no share of a common cost', () => {
  assert.match(statementsHtml([statementOf(charge({ quantity: 1_000_000n * ONE }))]), /Usage at list prices<\/dt><dd>2\.50</)
})
