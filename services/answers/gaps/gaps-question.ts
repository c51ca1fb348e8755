import Type from 'typebox'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { HOUR } from '../../platform/clock.ts'
import { findingHead } from '../answer.ts'
import { question } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import { readSettledUntil } from '../settled-until.ts'
import { explainGaps, type GapRow, type RefusedLines } from './explain-gaps.ts'

const gapsSql = readQuery(import.meta.url, 'gaps')
const refusedSql = readQuery(import.meta.url, 'refused-lines')

/** Which figures have holes: traffic without a price, without a reported usage, or with one that contradicts itself. */
export const gapsQuestion = question({
  name: 'gaps',
  summary: 'Which figures have holes?',
  description:
    'Tenants and models whose cost is not the whole cost: attempts without a price in force, without a reported usage, with a usage that ' +
    'contradicts itself, and attempts that a gateway counted but wrote no line of. Operators are told of ' +
    'lines that could not be read, too.',
  method:
    'Counts of the settled minutes, no estimate. An attempt without a price or a usage is not free: its cost is missing from every sum ' +
    'that it would be part of. Attempts at pools need no price: pools are charged by what they cost. The share is of the attempts of ' +
    'that tenant and model.',
  defaultPeriodMs: 24 * HOUR,
  parameters: Type.Object({}),
  finding: Type.Object({
    ...findingHead,
    tenant_id: Type.String({ description: 'whose cost has a hole' }),
    request_model: Type.String({ description: 'model asked for' }),
    attempts: Type.Integer({ description: 'attempts of that tenant and model' }),
    unpriced_attempts: Type.Integer({ description: 'without a price in force' }),
    unpriced_tokens: Type.Integer({ description: 'tokens of those' }),
    missing_usage_attempts: Type.Integer({ description: 'without a reported usage' }),
    contradictory_usage_attempts: Type.Integer({ description: 'whose usage contradicts itself' }),
    unseen_attempts: Type.Integer({ description: 'counted by a gateway, without a line' }),
    share: Type.Number({ description: 'share of the attempts with any of these, 0 to 1' }),
  }),
  async ask(asked, deps) {
    // A refused line has no tenant that could be trusted: operators alone are told.
    const isToldOfAll = asked.scope.isAll && asked.scope.seesVolumes
    const [rows, refused, settled] = await Promise.all([
      deps.clickhouse.query<GapRow>(gapsSql, askedParameters(asked)),
      isToldOfAll ? deps.clickhouse.query<RefusedLines>(refusedSql, askedParameters(asked)) : [],
      readSettledUntil(asked, deps),
    ])
    return explainGaps(rows, refused, asked, settled)
  },
})
