import Type from 'typebox'
import { add, divide, multiply, parseDecimal } from '../../money/decimal.ts'
import { buildPriceBook } from '../../money/price-book/resolve.ts'
import { newestPriceVersion, readStoredPrices } from '../../money/price-book/stored-prices.ts'
import { readTerms } from '../../money/terms/terms-store.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { DAY, HOUR } from '../../platform/clock.ts'
import { findingHead } from '../answer.ts'
import { leveledRows } from '../leveled-rows.ts'
import { type PeriodCosts, readCosts } from '../movers/read-costs.ts'
import { question } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import { readSettledUntil } from '../settled-until.ts'
import { cacheSavings } from './cache-savings.ts'
import { explainCaches, type ResponseSavings } from './explain-caches.ts'

const sharesSql = readQuery(import.meta.url, 'hit-shares')
const responsesSql = readQuery(import.meta.url, 'response-cache')

/** Days looked back for a tenant's own best hit share. */
const DAYS_BACK = 28

const money = (description: string) => Type.String({ description: `${description}; exact decimal text in currency` })
const share = (description: string) => Type.Number({ minimum: 0, description: `${description}, 0 to 1` })

const METHOD = `Every token that was read from a prompt cache is priced a second time as plain input: by the same price book, the same
import, context threshold and region, and under the same billing terms. What that comes to beyond the charge is \`read_saving\`. Tokens
that were written to a cache cost more than plain ones (Anthropic's docs, "Prompt caching": 1.25 times for five minutes, 2 times for an
hour); that is \`write_surcharge\`. \`saved\` is the first minus the second, and negative where a cache costs more than it saves.

What they could have saved: the tenant's own best steady hit share with this model, the 90th percentile of the last ${DAYS_BACK} days, at
the volume of the period and at what a cached token saved in it. A hit share alone is no verdict: most of a long agent session may be
cached while the misses make most of its cost.

An answer out of a gateway's cache is worth its tokens at the mean cost of a token of the same tenant, route and model in the period: an
estimate, since the gateway does not say which were prompt and which answer. Left out: why a prompt missed (its prefix changed, or the
lifetime was over), which settled figures do not hold; own pools, whose cached tokens have no price.`

/** What caches saved, and what they could have. */
export const cachesQuestion = question({
  name: 'caches',
  summary: 'What did caches save, and what could they have saved?',
  description:
    'Prompt caches and response caches by tenant and model: what they saved at the prices in force, what writing to them cost, and what ' +
    'the tenant’s own best hit share would have saved more.',
  method: METHOD,
  defaultPeriodMs: DAY,
  parameters: Type.Object({}),
  finding: Type.Object({
    ...findingHead,
    tenant_id: Type.String({ description: 'whose prompts' }),
    model: Type.String({ description: 'model that answered, else the one asked for' }),
    currency: Type.String({ description: 'of the bill' }),
    input_tokens: Type.Integer({ description: 'prompt tokens, cached and written ones included' }),
    cached_share: share('part of them read from a cache'),
    written_share: share('part of them written to one'),
    saved: money('read_saving − write_surcharge'),
    read_saving: money('what cached tokens would have cost uncached, beyond what they cost'),
    write_surcharge: money('what written tokens cost beyond plain ones'),
    best_share: Type.Union([share('cached share that the best day of ten reaches'), Type.Null()], { description: 'null: too few days' }),
    could_have_saved: Type.Union([money('more at that share'), Type.Null()], { description: 'null: not known' }),
    response_cache_hits: Type.Integer({ description: 'answers out of a gateway’s cache' }),
    response_cache_saved: money('what they would have cost, estimated'),
  }),
  async ask(asked, deps) {
    const { clickhouse } = deps
    const [terms, usage] = await Promise.all([readTerms(clickhouse), leveledRows('usage', asked, [], deps)])
    const toMs = Math.ceil(asked.toMs / HOUR) * HOUR
    const past = askedParameters({ fromMs: toMs - DAYS_BACK * DAY, toMs, scope: asked.scope })
    const [costs, rows, hits, settled, book] = await Promise.all([
      readCosts(asked, terms, deps),
      clickhouse.query<{ tenant_id: string; model: string; shares: number[] }>(sharesSql, past),
      clickhouse.query<ResponseRow>(
        responsesSql.replace('{rows}', () => usage.sql),
        { ...askedParameters(asked), ...usage.parameters },
      ),
      readSettledUntil(asked, deps),
      newestPriceVersion(clickhouse).then(async version => buildPriceBook(await readStoredPrices(clickhouse, version))),
    ])
    const shares = new Map(rows.map(row => [JSON.stringify([row.tenant_id, row.model]), row.shares]))
    return explainCaches(
      {
        sums: cacheSavings(costs.charges, { book, terms }),
        responses: responseSavings(hits, costs),
        sharesOf: (tenant_id, model) => shares.get(JSON.stringify([tenant_id, model])) ?? [],
        requests: hits.reduce((sum, row) => sum + Number(row.requests), 0),
        cachedTokens: hits.reduce((sum, row) => sum + Number(row.cached_tokens), 0),
        settled,
      },
      asked,
    )
  },
})

/** Answers out of gateways' caches, by what was asked. */
interface ResponseRow {
  readonly tenant_id: string
  readonly route: string
  readonly request_model: string
  readonly hits: number | string
  readonly hit_tokens: string
  readonly requests: number | string
  /** Of pools too, and of what has no price. */
  readonly cached_tokens: number | string
}

/** Tokens out of gateways' caches at the mean cost of a token of the same route and model; where nothing was charged, none. */
export function responseSavings(rows: readonly ResponseRow[], { charges }: PeriodCosts): ResponseSavings[] {
  const nameOf = ({ tenant_id, route, request_model }: Pick<ResponseRow, 'tenant_id' | 'route' | 'request_model'>) =>
    JSON.stringify([tenant_id, route, request_model])
  const chargesOf = Map.groupBy(
    charges.filter(({ is_wasted, contracted_unit_price }) => !is_wasted && contracted_unit_price !== null),
    nameOf,
  )
  const found = rows.flatMap(row => {
    const own = chargesOf.get(nameOf(row)) ?? []
    const tokens = add(...own.map(({ quantity }) => quantity))
    if (Number(row.hits) === 0 || tokens === 0n) return []
    const cost = add(...own.map(({ effective_cost }) => effective_cost))
    const saved = divide(multiply(cost, parseDecimal(row.hit_tokens)), tokens)
    return [{ tenant_id: row.tenant_id, model: row.request_model, currency: own[0]?.currency ?? '', hits: Number(row.hits), saved }]
  })
  const groups = Map.groupBy(found, one => JSON.stringify([one.tenant_id, one.model, one.currency]))
  return [...groups.values()].flatMap(group => {
    const { tenant_id = '', model = '', currency = '' } = group[0] ?? {}
    const hits = group.reduce((sum, one) => sum + one.hits, 0)
    return [{ tenant_id, model, currency, hits, saved: add(...group.map(({ saved }) => saved)) }]
  })
}
