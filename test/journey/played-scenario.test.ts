import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultPlatform } from '../../services/demo/simulation/default-platform.ts'
import { knowableOf } from '../../services/demo/simulation/truth.ts'
import { play } from '../bench/answers/play.ts'
import { scoreRows, wilson95 } from '../bench/answers/score-table.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'

const simulation = { seed: 7, startMs: Date.UTC(2026, 8, 1), platform: defaultPlatform }

test('a scenario that answers are scored on is settled whole, and what nobody sent is missing', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const isSeen = ({ source }: { source: string }) => source !== 'kong'
  const { truth } = await play({ simulation, minutes: 3, isSeen }, 7, { clickhouse })
  const seen = truth.requests.filter(request => request.gateway !== 'kong' && knowableOf(request).is_seen)
  const [row] = await clickhouse.query<{ requests: string }>('SELECT sum(requests) AS requests FROM {database}.settled_windows_current')
  assert.ok(seen.length > 500 && seen.length < truth.requests.length)
  assert.equal(Number(row?.requests), seen.length)
  const [samples] = await clickhouse.query<{ samples: string }>('SELECT count() AS samples FROM {database}.engine_samples_raw')
  assert.equal(Number(samples?.samples), truth.scrapes.length)
})

test('the score table tells shares with their interval, medians with their spread, and what there was nothing to score of', () => {
  const base = { question: 'verdict', family: 'outage', by: 'weir' }
  const rows = scoreRows([
    { ...base, score: 'right', isRight: true },
    { ...base, score: 'right', isRight: false },
    { ...base, score: 'right' },
    { ...base, score: 'lead', value: 3 },
    { ...base, score: 'lead', value: 5 },
    { ...base, score: 'lead', value: 4 },
    { ...base, score: 'none' },
  ])
  assert.deepEqual(
    rows.map(({ score, n, result }) => [score, n, result]),
    [
      ['right', 2, '1/2 = 50.0 % (9.5 % to 90.5 %)'],
      ['lead', 3, 'median 4.00 (3.00 to 5.00)'],
      ['none', 0, 'nothing to score'],
    ],
  )
  // Published: 190 of 200 are 91.0 to 97.3 %.
  assert.deepEqual(
    wilson95(190, 200).map(share => Math.round(share * 1000)),
    [910, 973],
  )
})
