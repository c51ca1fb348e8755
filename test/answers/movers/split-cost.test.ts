import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type CellRequests, type CostLeaf, NO_AMOUNT, type Requests } from '../../../services/answers/movers/cost-leaf.ts'
import { PARTS, type Part } from '../../../services/answers/movers/cost-parts.ts'
import { type CostSplit, splitCost, sumOf } from '../../../services/answers/movers/split-cost.ts'
import { formatDecimal, multiply, parseDecimal } from '../../../services/money/decimal.ts'

const cell = {
  tenant_id: 'acme',
  route: 'chat',
  request_model: 'gpt-4o',
  response_model: 'gpt-4o-2024-08-06',
  upstream_kind: 'provider',
  upstream: 'openai',
  service_tier: '',
}
const leafKey = { region: '', min_input_tokens: 0, pricing_currency: 'USD', is_wasted: false, is_estimated: false }

/** What one period of a small world is: requests by model, tokens of each, prices. Plain numbers. */
interface Period {
  requests: number
  failed?: number
  hits?: number
  models: Record<string, { answered: number; kinds: Record<string, { tokens: number; price: string; rate?: string }> }>
}

function world(before: Period, after: Period): { leaves: CostLeaf[]; counts: CellRequests[] } {
  const models = [...new Set([...Object.keys(before.models), ...Object.keys(after.models)])]
  const whole = (count: number) => parseDecimal(String(count))
  const requestsOf = (period: Period, model: string, index: number): Requests => {
    const answered = period.models[model]?.answered ?? 0
    const [failed, hits] = index === 0 ? [period.failed ?? 0, period.hits ?? 0] : [0, 0]
    return { requests: whole(answered + failed + hits), successful: whole(answered + hits), cache_hits: whole(hits) }
  }
  const counts = models.map((model, index) => {
    const key = { ...cell, response_model: model }
    return { ...key, before: requestsOf(before, model, index), after: requestsOf(after, model, index) }
  })
  const leaves = models.flatMap(model => {
    const kinds = new Set([...Object.keys(before.models[model]?.kinds ?? {}), ...Object.keys(after.models[model]?.kinds ?? {})])
    const amountOf = (period: Period, kind: string) => {
      const found = period.models[model]?.kinds[kind]
      if (found === undefined) return NO_AMOUNT
      const priced_cost = multiply(parseDecimal(found.price), whole(found.tokens))
      return { quantity: whole(found.tokens), priced_cost, cost: multiply(priced_cost, parseDecimal(found.rate ?? '1')) }
    }
    return [...kinds].map(token_kind => ({
      ...cell,
      ...leafKey,
      response_model: model,
      token_kind,
      before: amountOf(before, token_kind),
      after: amountOf(after, token_kind),
    }))
  })
  return { leaves, counts }
}

const split = (before: Period, after: Period) => {
  const { leaves, counts } = world(before, after)
  return splitCost(leaves, counts)
}
const partsOf = (found: CostSplit) =>
  Object.fromEntries(PARTS.flatMap(part => (found[part] === 0n ? [] : [[part, formatDecimal(found[part])]])))

const base: Period = {
  requests: 100,
  models: { small: { answered: 100, kinds: { input: { tokens: 10_000, price: '0.001' }, output: { tokens: 1_000, price: '0.004' } } } },
}
const changed = (kinds: Period['models'][string]['kinds'], answered = 100): Period => ({
  requests: answered,
  models: { small: { answered, kinds: { ...base.models['small']?.kinds, ...kinds } } },
})

test('one factor that changes alone is the whole change, under its own name', () => {
  const twice = { input: { tokens: 20_000, price: '0.001' }, output: { tokens: 2_000, price: '0.004' } }
  assert.deepEqual(partsOf(split(base, changed(twice, 200))), { volume: '14' })
  assert.deepEqual(partsOf(split(base, changed({ input: { tokens: 15_000, price: '0.001' } }))), { prompt_size: '5' })
  assert.deepEqual(partsOf(split(base, changed({ output: { tokens: 1_500, price: '0.004' } }))), { output_size: '2' })
  assert.deepEqual(partsOf(split(base, changed({ input: { tokens: 10_000, price: '0.0012' } }))), { price: '2' })
  assert.deepEqual(partsOf(split(base, changed({ input: { tokens: 10_000, price: '0.001', rate: '1.1' } }))), { currency: '1' })
  assert.deepEqual(partsOf(split(base, changed({ reasoning: { tokens: 500, price: '0.004' } }))), { reasoning: '2' })
  assert.deepEqual(partsOf(split(base, changed({ web_search: { tokens: 3, price: '0.01' } }))), { units: '0.03' })
})

test('tokens that move between read from a cache and not are a change of the cache, not of the prompts', () => {
  const cached = { input: { tokens: 4_000, price: '0.001' }, cached_input: { tokens: 6_000, price: '0.0001' } }
  assert.deepEqual(partsOf(split(base, changed(cached))), { cache: '-5.4' })
  assert.deepEqual(partsOf(split(changed(cached), base)), { cache: '5.4' })
})

test('requests that move to a dearer model are a mix, not a price, and their number is no volume', () => {
  const kinds = (price: string, tokens: number) => ({ input: { tokens, price } })
  const before = {
    requests: 100,
    models: { small: { answered: 80, kinds: kinds('0.001', 800) }, big: { answered: 20, kinds: kinds('0.01', 200) } },
  }
  const after = {
    requests: 100,
    models: { small: { answered: 20, kinds: kinds('0.001', 200) }, big: { answered: 80, kinds: kinds('0.01', 800) } },
  }
  assert.deepEqual(partsOf(split(before, after)), { mix: '5.4' })
  const only = { requests: 80, models: { small: { answered: 80, kinds: kinds('0.001', 800) } } }
  assert.deepEqual(partsOf(split(only, { requests: 80, models: { big: { answered: 80, kinds: kinds('0.01', 800) } } })), { mix: '7.2' })
})

test('requests that fail, and those that the gateway answers from its cache, are told apart', () => {
  const half = { small: { answered: 50, kinds: { input: { tokens: 5_000, price: '0.001' }, output: { tokens: 500, price: '0.004' } } } }
  assert.deepEqual(partsOf(split(base, { requests: 100, failed: 50, models: half })), { answered: '-7' })
  assert.deepEqual(partsOf(split(base, { requests: 100, hits: 50, models: half })), { cache: '-7' })
})

test('more tokens beyond a context threshold are no other price', () => {
  const key = { ...cell, ...leafKey, token_kind: 'input' }
  const amount = (tokens: string, price: string) => {
    const cost = multiply(parseDecimal(tokens), parseDecimal(price))
    return { quantity: parseDecimal(tokens), cost, priced_cost: cost }
  }
  const leaves = [
    { ...key, before: amount('900', '1'), after: amount('500', '1') },
    { ...key, min_input_tokens: 200_000, before: amount('100', '2'), after: amount('500', '2') },
  ]
  const ten = { requests: parseDecimal('10'), successful: parseDecimal('10'), cache_hits: 0n }
  assert.deepEqual(partsOf(splitCost(leaves, [{ ...cell, before: ten, after: ten }])), { context: '400' })
})

test('attempts without an answer are waste by request, and grow with the requests', () => {
  const wasted = (tokens: string) => ({ quantity: parseDecimal(tokens), cost: parseDecimal(tokens), priced_cost: parseDecimal(tokens) })
  const leaf = { ...cell, ...leafKey, token_kind: 'input', is_wasted: true }
  const count = (requests: string) => ({ requests: parseDecimal(requests), successful: parseDecimal(requests), cache_hits: 0n })
  const of = (before: string, after: string, counts: [string, string]) =>
    partsOf(
      splitCost(
        [{ ...leaf, before: wasted(before), after: wasted(after) }],
        [{ ...cell, before: count(counts[0]), after: count(counts[1]) }],
      ),
    )
  assert.deepEqual(of('10', '30', ['10', '10']), { waste: '20' })
  assert.deepEqual(of('10', '30', ['10', '30']), { volume: '20' })
})

/** Every order in which the factors could have changed, one after the other, in plain floating-point arithmetic. */
function meanOverOrders(before: readonly number[], after: readonly number[]): number[] {
  const sums = before.map(() => 0)
  const orders = permutations(before.map((_, index) => index))
  for (const order of orders) {
    const now = [...before]
    for (const index of order) {
      const was = now.reduce((product, factor) => product * factor, 1)
      now[index] = after[index] as number
      sums[index] = (sums[index] as number) + now.reduce((product, factor) => product * factor, 1) - was
    }
  }
  return sums.map(sum => sum / orders.length)
}

function permutations(of: readonly number[]): number[][] {
  if (of.length === 0) return [[]]
  return of.flatMap(one => permutations(of.filter(other => other !== one)).map(rest => [one, ...rest]))
}

test('several factors at once have the mean over all orders in which they could have changed', () => {
  const count = fc.integer({ min: 1, max: 1000 })
  const period = fc.record({ n: count, share: fc.integer({ min: 1, max: 9 }), tokens: count, price: count })
  fc.assert(
    fc.property(period, period, (a, b) => {
      const of = ({ n, share, tokens, price }: typeof a): Period => ({
        requests: n * 10,
        models: {
          small: { answered: n * share, kinds: { input: { tokens: n * share * tokens, price: String(price) } } },
          free: { answered: n * (10 - share), kinds: {} },
        },
      })
      const found = split(of(a), of(b))
      const factors = ({ n, share, tokens, price }: typeof a) => [n * 10, share / 10, tokens, price]
      const expected = meanOverOrders(factors(a), factors(b))
      const told: Part[] = ['volume', 'mix', 'prompt_size', 'price']
      for (const [index, part] of told.entries()) {
        const [is, should] = [Number(formatDecimal(found[part])), expected[index] as number]
        assert.ok(Math.abs(is - should) <= 1e-6 * Math.max(1, Math.abs(should)), `${part}: ${is} should be ${should}`)
      }
    }),
    { numRuns: 50 },
  )
})

test('whatever happened, the parts sum to the change to the last digit, and the way back is the same with other signs', () => {
  const kind = fc.constantFrom('input', 'cached_input', 'cache_write', 'output', 'reasoning', 'audio_input', 'output_image')
  const price = fc.integer({ min: 0, max: 10 ** 9 }).map(digits => formatDecimal(BigInt(digits) * 10n ** 4n + 7n))
  const kinds = fc.dictionary(kind, fc.record({ tokens: fc.nat(10 ** 9), price, rate: price }), { maxKeys: 5 })
  const period = fc.record({
    requests: fc.constant(0),
    failed: fc.nat(20),
    hits: fc.nat(20),
    models: fc.dictionary(fc.constantFrom('small', 'big', 'other'), fc.record({ answered: fc.nat(100), kinds }), { maxKeys: 3 }),
  })
  fc.assert(
    fc.property(period, period, (a, b) => {
      const { leaves, counts } = world(a, b)
      const there = splitCost(leaves, counts)
      assert.equal(
        PARTS.reduce((sum, part) => sum + there[part], 0n),
        sumOf(leaves, 'after') - sumOf(leaves, 'before'),
      )
      const back = split(b, a)
      for (const part of PARTS) {
        const gap = there[part] + back[part]
        assert.ok(gap < 10n ** 9n && gap > -(10n ** 9n), `${part}: ${formatDecimal(there[part])} and ${formatDecimal(back[part])}`)
      }
    }),
    { numRuns: 200 },
  )
})
