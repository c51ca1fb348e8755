import type { Part } from '../../../../services/answers/movers/cost-parts.ts'
import { explainMovers } from '../../../../services/answers/movers/explain-movers.ts'
import { type ComparedCosts, compareCosts, readCosts } from '../../../../services/answers/movers/read-costs.ts'
import { defaultPlatform } from '../../../../services/demo/simulation/default-platform.ts'
import type { PlatformConfig } from '../../../../services/demo/simulation/platform-model.ts'
import type { RequestTruth } from '../../../../services/demo/simulation/truth.ts'
import { storePrices } from '../../../../services/money/price-book/stored-prices.ts'
import { defaultTerms } from '../../../../services/money/terms/parse-terms.ts'
import type { Family, Played, Score } from '../family.ts'
import { simulate } from '../play.ts'
import { bothPeriods, type CostWorld, costOf, GAP_MS, USUAL_WORLD, worldPrices } from './cost-worlds.ts'

const MINUTES = 4
const START_MS = Date.UTC(2026, 8, 1, 9)
const EVERYONE = { isAll: true, tenants: [], seesVolumes: true }

/** The two tenants whose gateway tells all tokens, several times as busy. */
const platform: PlatformConfig = {
  ...defaultPlatform,
  gateways: defaultPlatform.gateways.filter(({ name }) => name === 'weir'),
  routes: defaultPlatform.routes.filter(({ gateway }) => gateway === 'weir'),
  tenants: defaultPlatform.tenants
    .filter(({ gateway }) => gateway === 'weir')
    .map(tenant => ({ ...tenant, requests_per_s: tenant.requests_per_s * 2, rate_limit_per_minute: 10_000 })),
}

/** One thing that changes, and the part that it is to be called. */
type Factor = readonly [part: Part, world: Partial<CostWorld>]
const factor = {
  volume: ['volume', { dear: 4, cheap: 2 }],
  mix: ['mix', { dear: 1, cheap: 2 }],
  toDear: ['mix', { dear: 3, cheap: 0 }],
  prompt: ['prompt_size', { prompt: 1.5 }],
  output: ['output_size', { output: 1.6 }],
  reasoning: ['reasoning', { reasoning: 2 }],
  cache: ['cache', { cached: 0.2 }],
  price: ['price', { price: 1.25 }],
} as const satisfies Record<string, Factor>
const cases: readonly (readonly Factor[])[] = [
  ...Object.values(factor).map(one => [one]),
  [factor.mix, factor.price],
  [factor.toDear, factor.cache],
  [factor.volume, factor.prompt],
  [factor.price, factor.output],
]
const caseOf = (seed: number) => cases[seed % cases.length] ?? []
const worldOf = (factors: readonly Factor[]): CostWorld => Object.assign({}, USUAL_WORLD, ...factors.map(([, world]) => world))

/** One or two factors change between two periods of the same requests: how much of the change each part is given. */
export const costFactors: Family = {
  name: 'cost-factors',
  question: 'movers',
  build(seed) {
    const world = worldOf(caseOf(seed))
    return {
      simulation: { seed, startMs: START_MS, platform },
      minutes: MINUTES,
      edit: truth => bothPeriods(truth, world),
      prepare: async clickhouse => {
        const trail = { kind: 'import', imported_by: 'bench', reason: 'bench', source: 'bench' } as const
        await storePrices(worldPrices(START_MS + GAP_MS, world.price), trail, clickhouse)
      },
    }
  },
  async score(played) {
    const { simulation, seed } = played
    const { requests } = simulate(simulation, MINUTES)
    const true_parts = trueParts(requests, caseOf(seed))
    const costs = await comparedOf(played)
    const [before, after] = [START_MS, START_MS + GAP_MS].map(fromMs => ({ fromMs, toMs: fromMs + GAP_MS, minutes: MINUTES }))
    if (before === undefined || after === undefined) return []
    const [whole] = explainMovers(costs, { before, after, settledUntilMs: after.toMs, pools: [], pricedShare: 1 }).findings
    const weir = new Map(whole?.parts.map(({ part, amount }) => [part as Part, Number(amount)]))
    const sum = whole?.parts.reduce((total, { amount }) => total + scaled(amount), 0n)
    // Nobody can see what the caches of a model that is gone would have done: told apart, not hidden.
    const what = caseOf(seed).length > 1 && caseOf(seed).includes(factor.toDear) ? 'a model gone while another factor changes: ' : ''
    return [
      ...scoresOf(weir, true_parts, { by: 'weir', what }),
      { score: 'parts sum to the change to the last digit', by: 'weir', isRight: whole !== undefined && sum === scaled(whole.change) },
      ...scoresOf(laspeyres(costs), true_parts, { by: 'Laspeyres', what }),
    ]
  },
}

/** Of each factor the mean, over the orders in which they could have come, of what it adds. */
function trueParts(requests: readonly RequestTruth[], factors: readonly Factor[]): Map<Part, number> {
  const cost = (of: readonly Factor[]) => costOf(requests, worldOf(of))
  const [first, second] = factors
  if (first === undefined) return new Map()
  if (second === undefined) return new Map([[first[0], cost([first]) - cost([])]])
  const together = cost(factors) - cost([])
  const alone = [cost([first]) - cost([]), cost([second]) - cost([])] as const
  return new Map([
    [first[0], (alone[0] + together - alone[1]) / 2],
    [second[0], (alone[1] + together - alone[0]) / 2],
  ])
}

/** Sizes of the differences over the size of the change. */
function scoresOf(found: ReadonlyMap<Part, number>, truth: ReadonlyMap<Part, number>, { by, what }: { by: string; what: string }): Score[] {
  const change = Math.abs([...truth.values()].reduce((sum, value) => sum + value, 0))
  const parts = new Set([...found.keys(), ...truth.keys()])
  const error = [...parts].reduce((sum, part) => sum + Math.abs((found.get(part) ?? 0) - (truth.get(part) ?? 0)), 0) / change
  const price = Math.abs(found.get('price') ?? 0) / change
  return [
    { score: `${what}parts within 5 % of the truth`, by, isRight: error <= 0.05 },
    { score: `${what}error of the parts, % of the change`, by, value: error * 100 },
    ...(truth.has('mix') && !truth.has('price') ? [{ score: 'a mix shift is not called price', by, isRight: price <= 0.01 }] : []),
  ]
}

/** What was charged in both periods. */
async function comparedOf({ clickhouse }: Played): Promise<ComparedCosts[]> {
  const read = (fromMs: number) => readCosts({ fromMs, toMs: fromMs + GAP_MS, scope: EVERYONE }, defaultTerms, { clickhouse })
  return compareCosts(await read(START_MS), await read(START_MS + GAP_MS), defaultTerms)
}

/** What most tools do: price at the later quantities, volume at the earlier prices, the rest called mix. */
function laspeyres(compared: readonly ComparedCosts[]): Map<Part, number> {
  const leaves = compared.flatMap(({ leaves: own }) => own)
  const plain = (value: bigint) => Number(value) / 1e18
  let [price, volume, mix] = [0, 0, 0]
  for (const { before, after } of leaves) {
    const [q0, q1, c0, c1] = [plain(before.quantity), plain(after.quantity), plain(before.cost), plain(after.cost)]
    if (q0 === 0 || q1 === 0) mix += c1 - c0
    else {
      price += (c1 / q1 - c0 / q0) * q1
      volume += (c0 / q0) * (q1 - q0)
    }
  }
  return new Map<Part, number>([
    ['price', price],
    ['volume', volume],
    ['mix', mix],
  ])
}

/** A decimal text as an integer of 18 digits after the point. */
function scaled(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const value = BigInt(whole + fraction.padEnd(18, '0'))
  return text.startsWith('-') ? -value : value
}
