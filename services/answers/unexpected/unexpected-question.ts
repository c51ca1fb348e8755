import Type from 'typebox'
import { readTerms } from '../../money/terms/terms-store.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { DAY, HOUR } from '../../platform/clock.ts'
import { findingHead, intervalOf } from '../answer.ts'
import { moverFinding } from '../movers/mover-finding.ts'
import { question } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import { readSettledUntil } from '../settled-until.ts'
import { MOST_WEEKS } from '../statistics/seasonal-baseline.ts'
import { readCostSeries } from './cost-series.ts'
import { explainUnexpected } from './explain-unexpected.ts'
import { findUnexpected } from './find-unexpected.ts'
import { splitAlarm } from './usual-costs.ts'

const requestsSql = readQuery(import.meta.url, 'requests')
/** Alarms that are looked into; the others are told without their parts. */
const MOST_EXPLAINED = 5
/** Alarms told. */
const MOST_TOLD = 50
/** Least amount over what is usual unless told: one unit of the currency. */
const LEAST_AMOUNT = 1

const { currency, change, parts } = moverFinding.properties

const METHOD = `Each tenant's list cost by the hour (estimates included) against its own past of up to eight weeks: log of 1 + cost over
a hundredth of the median hour, the week's median taken out, then the median of the same hour of the week. With two or three weeks
weekdays and weekends are told apart by hour, with ten days the hours of the day; with less there is no baseline. The scale is 1.4826 ×
MAD of all residuals × √((1 + 1.2/n) / (1 − 1/n)): pooled over the slots, because a MAD of each slot alone is exceeded at 3.5 by 2 to 7
% of quiet hours.

An hour is out above 3.5 scales (Iglewicz and Hoaglin's modified z-score), or above what the tenant's own past reached in every fifth week
where that is more: agents burst, and a burst that is usual is no finding. An alarm takes two hours in a row, one of them a quarter above
the threshold, or one at twice of it; one of its hours must be among the discoveries of all tenants of that hour at a false discovery rate
of 5 % (Benjamini and Hochberg, JRSS B 57, 1995); and it must exceed what is usual by \`least_amount\` and by 2 % of the tenant's usual
day.

Then why: the hours against the mean of the same hours of up to four weeks before, split as \`movers\` does. The interval holds nine of ten
such hours. Left out: falls; single routes and models within a tenant that stays usual as a whole (\`movers\` walks down to them).`

/** Which tenants cost more than is usual for them, hour by hour. */
export const unexpectedQuestion = question({
  name: 'unexpected',
  summary: 'Which costs left what is usual?',
  description:
    'Tenants whose cost by the hour is far above their own past at the same hour of the week, with what is usual, and with the parts ' +
    'that made the difference.',
  method: METHOD,
  defaultPeriodMs: DAY,
  parameters: Type.Object({
    least_amount: Type.Optional(
      Type.Number({ minimum: 0, description: `least amount over what is usual, in the currency of the prices (default ${LEAST_AMOUNT})` }),
    ),
  }),
  finding: Type.Object({
    ...findingHead,
    tenant_id: Type.String({ description: 'whose cost' }),
    from: Type.String({ format: 'date-time', description: 'first hour' }),
    to: Type.String({ format: 'date-time', description: 'end of the last hour' }),
    cost: Type.Number({ description: 'list cost of these hours, in list_currency' }),
    expected: Type.Number({ description: 'what is usual for them' }),
    interval: intervalOf('where the cost of nine of ten such hours lies'),
    list_currency: Type.String({ description: 'of the prices' }),
    surprise: Type.Number({ description: 'standard deviations above what is usual, of the hour that was furthest out' }),
    threshold: Type.Number({ description: 'standard deviations from which an hour of this tenant is out' }),
    shape: Type.String({ description: 'how finely its past could be told apart' }),
    weeks: Type.Integer({ description: 'weeks of past' }),
    currency,
    change: Type.Union([Type.Null(), change], {
      description: 'what was billed beyond the mean of the same hours before, in currency; null: not looked into',
    }),
    parts,
  }),
  async ask(asked, deps) {
    const { least_amount: leastAmount = LEAST_AMOUNT } = asked.parameters
    const fromMs = Math.floor(asked.fromMs / HOUR) * HOUR
    const settled = await readSettledUntil(asked, deps)
    const toMs = Math.floor(Math.min(asked.toMs, settled.untilMs ?? asked.toMs) / HOUR) * HOUR
    const [series, [counted]] = await Promise.all([
      readCostSeries({ fromMs: fromMs - MOST_WEEKS * 7 * DAY, toMs: Math.max(fromMs, toMs), scope: asked.scope }, deps),
      deps.clickhouse.query<{ requests: string }>(requestsSql, askedParameters(asked)),
    ])
    const found = findUnexpected(series, { fromMs, toMs }, { leastAmount })
    const alarms = found.alarms.slice(0, MOST_TOLD)
    const terms = await readTerms(deps.clickhouse)
    const explained = await Promise.all(
      alarms.map(async (alarm, index) => (index < MOST_EXPLAINED ? { ...alarm, explained: await splitAlarm(alarm, terms, deps) } : alarm)),
    )
    return explainUnexpected(found, explained, { ...asked, settled, requests: Number(counted?.requests ?? 0) })
  },
})
