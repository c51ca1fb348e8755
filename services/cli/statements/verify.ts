import { moneyText } from '../../money/statements/money-text.ts'
import { readFacts } from '../../money/statements/read-facts.ts'
import { verifyStatement } from '../../money/statements/verify.ts'
import { readTerms } from '../../money/terms/terms-store.ts'
import { AppError } from '../../platform/errors.ts'
import type { SubCommand } from '../command.ts'
import { openAsOfDatabase } from './as-of-database.ts'

/** `weir statements verify`: proves a closed statement. */
export const verify: SubCommand = {
  takes: 'ID',
  positionals: [1, 1],
  does:
    'Makes a closed statement again from the raw rows, at its positions and versions, and compares every byte. Settles the whole month ' +
    'anew: minutes to an hour.',
  async run(given, context) {
    const [id] = given.positionals as [string]
    const { settings, now, note } = context
    await using clickhouse = await context.openClickHouse()
    let toldMs = now()
    const onSettled = (done: number, all: number) => {
      if (now() - toldMs < 2_000 && done < all) return
      toldMs = now()
      note(`${done} of ${all} minutes settled again`)
    }
    const { statement, rebuilt, isSame } = await verifyStatement(id, {
      clickhouse,
      readFacts,
      readTerms: version => readTerms(clickhouse, version),
      openAsOf: priceVersion => openAsOfDatabase({ ...settings.clickhouse, priceVersion }, { live: clickhouse, now, onSettled }),
    })
    if (!isSame) {
      throw new AppError(
        'STATEMENT_NOT_REPRODUCED',
        `${id} was closed with ${moneyText(statement.payable, statement.currency)} ${statement.currency} under ` +
          `${statement.content_sha256} and comes out as ${moneyText(rebuilt.payable, rebuilt.currency)} under ${rebuilt.content_sha256}: ` +
          `raw rows, prices or terms that it was made from are missing or were changed`,
      )
    }
    context.print(`${id}: the same bytes, sha256 ${statement.content_sha256}`)
    return undefined
  },
}
