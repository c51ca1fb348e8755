import Type from 'typebox'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { HOUR, SECOND } from '../../platform/clock.ts'
import { type AnswerDeps, type Asked, question } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import { readSettledUntil } from '../settled-until.ts'
import { explainFirst, type FirstInputs } from './explain-first.ts'
import { FirstFindingSchema } from './first-finding.ts'
import { firstMethod } from './first-method.ts'
import { SPAN_S } from './growth.ts'
import type { PoolMinute, SenderLoad } from './pool-minute.ts'

const minutesSql = readQuery(import.meta.url, 'pool-minutes')
const loadsSql = readQuery(import.meta.url, 'sender-loads')

/** The last minutes that a forecast is made of. */
export const LOOKBACK_MS = HOUR / 2

/** Which pool saturates first, when, and whose growth drives it? */
export const firstQuestion = question({
  name: 'first',
  summary: 'Which pool saturates first, when, and who drives it?',
  description:
    'Every pool and model, the one that saturates first on top: an index (1: waiting grows without end) with what binds, minutes until ' +
    'then with their range, what changed, and whose load grew. As of the last settled minute of the period. A tenant sees how its own ' +
    'pools stand, without figures, because those are of everyone.',
  method: firstMethod,
  defaultPeriodMs: HOUR,
  parameters: Type.Object({}),
  finding: FirstFindingSchema,
  async ask(asked, deps) {
    return explainFirst(await readFirstInputs(asked, deps), asked)
  },
})

/** Reads the minutes before the end of what is settled. Rejects with the codes of the client. */
export async function readFirstInputs(asked: Asked, deps: AnswerDeps): Promise<FirstInputs> {
  const settled = await readSettledUntil(asked, deps)
  const untilMs = settled.untilMs ?? asked.toMs
  const middle = untilMs / SECOND - SPAN_S
  const [minutes, loads] = await Promise.all([
    readPoolMinutes({ ...asked, fromMs: untilMs - LOOKBACK_MS, toMs: untilMs }, deps),
    deps.clickhouse.query<SenderLoad>(loadsSql, {
      ...askedParameters({ ...asked, fromMs: untilMs - 2 * SPAN_S * SECOND, toMs: untilMs }),
      middle,
    }),
  ])
  return { minutes, loads, settled }
}

/** Minutes of all pools in the period, by pool, model and time. Rejects with the codes of the client. */
export function readPoolMinutes(asked: Asked, deps: AnswerDeps): Promise<PoolMinute[]> {
  return deps.clickhouse.query<PoolMinute>(minutesSql, askedParameters(asked))
}
