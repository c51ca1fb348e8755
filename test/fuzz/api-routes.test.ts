import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FREE_ROUTES, LASTING_ROUTES } from '../../services/api/http/take-turns.ts'
import { HOUR_OF_TEST, openTestApi, TOKENS } from '../api/fixture.ts'

interface Described {
  paths: Record<string, { get?: { parameters?: { name: string; in: string }[] } }>
}

/** With a ClickHouse behind it a question takes some milliseconds, so there are fewer here than of what only reads. */
const runs = process.env['WEIR_FUZZ_RUNS'] === undefined ? 80 : 3_000
const seed = Number(process.env['WEIR_FUZZ_SEED'] ?? (process.env['WEIR_FUZZ_RUNS'] === undefined ? 20_261_128 : Date.now() % 2 ** 31))

/** Values that some parameter takes, and values that have ended a text, named a column or overflown a number elsewhere. */
const values = fc.oneof(
  fc.constantFrom(
    '1',
    '0',
    '-1',
    '100',
    '99999999999',
    '1m',
    '1h',
    '0m',
    '1d',
    '',
    'none',
    'tenant_id',
    'tenant_id,route',
    'json',
    'csv',
    'html',
    'parquet',
  ),
  fc.constantFrom(
    '2026-01-31T09:00:00Z',
    '2026-01-31',
    '2026-01',
    '1970-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '2026-02-30T00:00:00Z',
    'now',
  ),
  fc.constantFrom(
    "'",
    "' OR 1=1 --",
    '{tenant:String}',
    '\\',
    '%',
    '\u0000',
    '\u202e',
    '../../etc/passwd',
    'x'.repeat(5_000),
    '__idle__',
    '=1+1',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }).map(text => text.toWellFormed()),
)

test(`no question to the API, however asked, is answered 5xx (seed ${seed})`, async t => {
  const api = await openTestApi(t)
  const { paths } = (await api.get('/openapi.json', 'fake-operator')).body as Described
  // What lasts as long as somebody listens has no answer to wait for, and who reads is told to anybody: test/api/{stream,session}.test.ts.
  const isAsked = (path: string) => ![...LASTING_ROUTES, ...FREE_ROUTES].includes(path)
  const routes = Object.entries(paths).filter(([path, { get }]) => get !== undefined && isAsked(path))
  assert.ok(routes.length >= 10, 'the routes are known')
  const names = new Map(
    routes.map(([path, { get }]) => [path, (get?.parameters ?? []).filter(one => one.in === 'query').map(one => one.name)]),
  )
  const question = fc.constantFrom(...routes.map(([path]) => path)).chain(path =>
    fc.tuple(
      values.map(value => path.replaceAll(/\{[^}]*\}/g, encodeURIComponent(value.slice(0, 100)))),
      fc.array(
        fc.tuple(
          fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...(names.get(path) ?? []), 'from') }, { weight: 1, arbitrary: values }),
          values,
        ),
        {
          maxLength: 5,
        },
      ),
      fc.boolean(),
      fc.constantFrom(...Object.keys(TOKENS), 'unknown', ''),
    ),
  )
  await fc.assert(
    fc.asyncProperty(question, async ([path, given, isInHour, token]) => {
      const query = given.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      const url = `${path}?${[...(isInHour ? [HOUR_OF_TEST] : []), ...query].join('&')}`
      const { status, text } = await api.get(url, token || undefined)
      assert.ok(status < 500, `${token} ${url} ${status} ${text.slice(0, 300)}`)
      if (token === 'fake-sender' || token === 'unknown') assert.ok(status >= 400, `${token} may read nothing: ${url} ${status}`)
    }),
    { numRuns: runs, seed },
  )
})
