import assert from 'node:assert/strict'
import { test } from 'node:test'
import { costFactors } from '../../bench/answers/families/cost-factors.ts'
import { play } from '../../bench/answers/play.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

/** Of the seeds that may be tuned on: prompts alone, a mix shift with a rise of prices, volume with longer prompts. */
for (const seed of [3, 8, 10]) {
  test(`what was changed between two periods of the same requests is found as what it is (${seed})`, async t => {
    const { clickhouse } = await openTestClickHouse(t)
    const scores = await costFactors.score(await play(costFactors.build(seed), seed, { clickhouse }))
    const judged = scores.filter(({ by, isRight }) => by === 'weir' && isRight !== undefined)
    assert.ok(judged.length >= 2)
    for (const { score, isRight } of judged) assert.ok(isRight, score)
  })
}
