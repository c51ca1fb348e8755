import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { questions as answers } from '../../services/answers/questions.ts'
import { reports } from '../../services/api/reports/reports.ts'
import { HOUR_OF_TEST, openTestApi } from './fixture.ts'
import { type Doing, makeWorld } from './worlds.ts'

const api = await openTestApi({ after })

const doing: fc.Arbitrary<Doing> = fc.record({
  clock: fc.constantFrom('09:00', '09:01', '09:02'),
  route: fc.constantFrom('chat', 'embed'),
  model: fc.constantFrom('model-1', 'model-2', 'model-3'),
  ...{ upstream_kind: fc.constant('provider' as const), upstream: fc.constantFrom('openai', 'azure') },
  region: fc.constantFrom('eu', 'us'),
  attempts: fc.integer({ min: 1, max: 4 }),
  failed: fc.integer({ min: 0, max: 1 }),
  tokens: fc.integer({ min: 1, max: 2000 }),
  hasConflict: fc.boolean(),
})
const poolDoing = fc
  .tuple(doing, fc.constantFrom('llama', 'mistral'))
  .map(([one, upstream]) => ({ ...one, upstream_kind: 'pool' as const, upstream }))
const doings = fc.array(fc.oneof(doing, poolDoing), { maxLength: 6 })

/** Every question that is asked: endpoint, parameter and export. */
const questions = [
  ...reports.flatMap(report => [
    ...['', '&step=1m', '&group_by=none', '&step=1h&group_by=none', '&limit=3&step=1m'].map(
      query => `${report.path}?${HOUR_OF_TEST}${query}`,
    ),
    ...report.dimensions
      .filter(name => !report.operatorDimensions?.includes(name))
      .map(name => `${report.path}?${HOUR_OF_TEST}&group_by=${name}`),
    ...Object.keys(report.conditions)
      .filter(name => !report.operatorDimensions?.includes(name))
      .map(name => `${report.path}?${HOUR_OF_TEST}&${name}=${oneOf(name)}`),
  ]),
  ...answers.filter(one => !one.isForOperators).map(({ name }) => `/v1/answers/${name}?${HOUR_OF_TEST}`),
  ...['', '&counted=request', '&route=chat', '&format=csv'].map(query => `/v1/requests?${HOUR_OF_TEST}${query}`),
  `/v1/completeness?${HOUR_OF_TEST}`,
  `/v1/completeness?${HOUR_OF_TEST}&limit=1`,
  '/v1/budgets',
  '/v1/statements',
  ...['json', 'csv', 'html'].map(format => `/v1/statements/draft?tenant_id=acme&month=2026-01&format=${format}`),
  ...['', '&split_cost=true', '&format=parquet'].map(query => `/v1/export/focus?month=2026-01${query}`),
]

function oneOf(name: string) {
  if (name === 'pool') return 'llama'
  if (name === 'model' || name === 'request_model' || name === 'response_model') return 'model-1'
  return name === 'region' ? 'us' : 'openai'
}

test('nothing that a tenant is answered changes when only others did something else', { timeout: 300_000 }, async () => {
  const compare = async (own: readonly Doing[], theirs: readonly Doing[], otherwise: readonly Doing[], asked: readonly string[]) => {
    await makeWorld(api.clickhouse, { acme: own, globex: theirs })
    const before = await ask(asked)
    await makeWorld(api.clickhouse, { globex: otherwise, acme: own })
    assert.deepEqual(await ask(asked), before)
  }
  // All questions once, in a world where both use the same pool, provider and minutes; then some of them in random worlds.
  const [acme = [], globex = [], nobody = []] = fc.sample(fc.array(fc.oneof(doing, poolDoing), { minLength: 5, maxLength: 6 }), {
    numRuns: 3,
    seed: 1,
  })
  await compare(acme, globex, nobody, questions)
  const some = fc.shuffledSubarray(questions, { minLength: 12, maxLength: 12 })
  await fc.assert(fc.asyncProperty(doings, doings, doings, some, compare), { numRuns: Number(process.env['WEIR_TEST_RUNS'] ?? 3) })
})

test('a pool’s fullness is the one thing that others change, in three bands', async () => {
  const own = { ...ofPool('model-1'), tokens: 10 }
  const band = async (tokens: number) => {
    await makeWorld(api.clickhouse, { acme: [own], globex: [{ ...ofPool('model-1'), tokens }] })
    const { body } = await api.get(`/v1/saturation?${HOUR_OF_TEST}`, 'fake-acme')
    return body.rows.map((row: Record<string, unknown>) => [row['model'], row['saturation_band'], row['saturation']])
  }
  assert.deepEqual(await band(1400), [['model-1', 'low', null]])
  assert.deepEqual(await band(1500), [['model-1', 'medium', null]])
  assert.deepEqual(await band(2400), [['model-1', 'high', null]])
})

/** Every answer to acme, without what may differ: the band, and the hash of a statement, which is over figures that are not shown. */
async function ask(asked: readonly string[]): Promise<Map<string, string>> {
  const answers = new Map<string, string>()
  for (const question of asked) {
    let text = ''
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const { status, body, text: page } = await api.get(`${question}${cursor && `&cursor=${cursor}`}`, 'fake-acme')
      assert.equal(status, 200, `${question}: ${page}`)
      text += page
      cursor = body?.next_cursor ?? undefined
    }
    answers.set(question, withoutWhatMayDiffer(text))
  }
  return answers
}

/** What docs/api.md grants: the band of a pool's fullness, and how far the hour that runs is settled (as of when a draft is). */
function withoutWhatMayDiffer(text: string): string {
  return text
    .replaceAll(/"saturation_band":("\w+"|null)/g, '')
    .replaceAll(/"as_of(_ms)?": ?(\d+|"[^"]*")/g, '')
    .replaceAll(/as of \d{4}-\d\d-\d\dT[\d:]+Z/g, '')
    .replaceAll(/\b[0-9a-f]{64}\b/g, '')
}

function ofPool(model: string): Doing {
  const place = { clock: '09:00', route: 'chat', model, upstream_kind: 'pool', upstream: 'llama', region: 'eu' } as const
  return { ...place, attempts: 1, failed: 0, tokens: 1, hasConflict: false }
}
