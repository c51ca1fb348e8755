import Type from 'typebox'
import { readTerms } from '../../money/terms/terms-store.ts'
import { DAY } from '../../platform/clock.ts'
import { question } from '../question.ts'
import { readSettledUntil } from '../settled-until.ts'
import { comparedPeriods, REFERENCES, type Span } from './compared-periods.ts'
import { COST_PARTS, PARTS } from './cost-parts.ts'
import { explainMovers, pricedShareOf, type SettledPeriod } from './explain-movers.ts'
import { moverFinding } from './mover-finding.ts'
import { POOL_COST_PARTS, POOL_PARTS, poolMoves, readPoolHours } from './pool-moves.ts'
import { compareCosts, readCosts } from './read-costs.ts'
import { DIMENSIONS } from './walk-movers.ts'

const METHOD = `Two periods of settled minutes, rated by the billing terms in force. Amounts are exact decimals, and so is their split:

${PARTS.map(part => `- **${part}**: ${COST_PARTS[part]}`).join('\n')}

A cost is a sum of products: requests × share answered by a model × share answered here (tenant, route, model, upstream, tier) × tokens of
the prompt or the answer a request × share of this kind (plain, read from a cache, written to one) × price. A factor's part is its Shapley
value: the mean over all orders in which the factors could have changed; for two factors this is Bennet's split. It is computed in integers
in closed form (Owen, "Multilinear Extensions of Games", Management Science 18:5, 1972), and what rounding leaves at the 18th digit goes to
the largest part: the parts sum to the change by construction. A model or upstream that is there in one period only has no effect of price
or size: all of it is mix and volume. The mean price is split further, likewise: a larger share beyond a context threshold or in another
region (context), exchange rates (currency), and the rest (price). Wasted attempts and estimated quantities are apart: quantity a
request.
Volume and mix are those of the finding: what is mix of all tenants is volume of one of them.

Where it happened: from all costs down by route, tenant, model and kind as long as one child holds 67 % of what moved (rises and falls
summed, so that those which cancel are both seen), then the children that hold 67 % together. The idea of the cut is Adtributor's (Bhagwan
et al., "Adtributor: Revenue Debugging in Advertising Systems", NSDI 2014).

Own pools are findings of their own, beside the charges: what they cost follows from hours and shares (\`weir pools\`), not from requests.
As many published hours of each period as both have, split exactly into:

${POOL_PARTS.map(part => `- **${part}**: ${POOL_COST_PARTS[part]}`).join('\n')}

The period is cut where figures are not settled yet, and the one that it is compared with is as long. Left out: commitments and shared
costs of statements.`

/** Which costs moved between two periods, and why. */
export const moversQuestion = question({
  name: 'movers',
  summary: 'Which costs moved, and why?',
  description:
    'The change of cost between two periods, split exactly into volume, mix, prompt and answer size, reasoning, caches, price, exchange ' +
    'rates, waste and estimates; and the routes, tenants, models and kinds where it happened.',
  method: METHOD,
  defaultPeriodMs: DAY,
  parameters: Type.Object({
    by: Type.Optional(
      Type.Union(
        DIMENSIONS.map(name => Type.Literal(name)),
        { description: 'list the movers by this alone instead of walking down the tree' },
      ),
    ),
    against: Type.Optional(
      Type.Union(
        REFERENCES.map(name => Type.Literal(name)),
        {
          description: 'compare with the time just before (default), the same time a week ago, or the same days of last month',
        },
      ),
    ),
    month_to_date: Type.Optional(Type.Boolean({ description: 'this month so far against the same days of last month' })),
  }),
  finding: moverFinding,
  async ask(asked, deps) {
    const { by, against = 'before', month_to_date: isMonthToDate = false } = asked.parameters
    const settled = await readSettledUntil({ ...asked, fromMs: asked.toMs - MOST_LOOKED }, deps)
    const { before, after } = comparedPeriods({ ...asked, against, isMonthToDate }, settled.untilMs)
    const terms = await readTerms(deps.clickhouse)
    const minutesOf = async (span: Span): Promise<SettledPeriod> => {
      const { windows } = await readSettledUntil({ ...span, scope: asked.scope }, deps)
      return { ...span, minutes: windows }
    }
    const costsOf = (span: Span) => readCosts({ ...span, scope: asked.scope }, terms, deps)
    const poolsOf = (span: Span) => readPoolHours({ ...span, scope: asked.scope }, deps)
    const [was, is, ...minutes] = await Promise.all([costsOf(before), costsOf(after), minutesOf(before), minutesOf(after)])
    const [poolsBefore, poolsAfter] = await Promise.all([poolsOf(before), poolsOf(after)])
    return explainMovers(compareCosts(was, is, terms), {
      ...{ before: minutes[0], after: minutes[1], by, settledUntilMs: settled.untilMs },
      pools: poolMoves(poolsBefore, poolsAfter),
      pricedShare: pricedShareOf([was, is]),
    })
  },
})

/** Further back than this nothing is looked for that would be settled. */
const MOST_LOOKED = 62 * DAY
