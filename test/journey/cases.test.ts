/** Every case of test/fixtures/cases through the steps of `report`, against right values worked out by hand. One ClickHouse for all. */
import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { statInputs } from '../../services/cli/report/input-files.ts'
import { makeReport } from '../../services/cli/report/make-report.ts'
import { systemNow } from '../../services/platform/clock.ts'
import { openTestClickHouse, type TestScope } from '../fakes/clickhouse-server.ts'
import { notYetRight, rightFigures } from './case-expectations.ts'
import { type Figures, figuresOf } from './case-figures.ts'

const folder = fileURLToPath(new URL('../fixtures/cases/', import.meta.url))
const quiet = { read: () => undefined, settle: () => undefined }

async function figuresOfFile(file: string, t: TestScope): Promise<Figures> {
  const { clickhouse } = await openTestClickHouse(t)
  const nowMs = systemNow()
  const files = await statInputs([`${folder}${file}`], nowMs)
  const config = { pool: 'default', pricesFile: undefined, ownDialects: [] }
  return figuresOf(await makeReport(files, config, { clickhouse, standardInput: Readable.from([]), now: systemNow, progress: quiet }))
}

for (const { file, right } of rightFigures) {
  const reason = notYetRight[file]
  test(reason === undefined ? `${file} gives its right values` : `${file} is not right yet: ${reason}`, async t => {
    const compared = (async () => {
      const figures = await figuresOfFile(file, t)
      const names = Object.keys(right) as (keyof Figures)[]
      assert.deepEqual(Object.fromEntries(names.map(name => [name, figures[name]])), right)
    })()
    if (reason === undefined) await compared
    else await assert.rejects(compared, `${file} gives its right values: take it off the list of those that do not`)
  })
}

test('every input of every case has right values, and the list of those not right yet names no other', () => {
  const inputs = globSync('*/*', { cwd: folder }).filter(name => !name.endsWith('expected.md'))
  const stated = rightFigures.map(({ file }) => file)
  assert.deepEqual(stated.filter(file => !file.startsWith('../')).sort(), inputs.sort())
  assert.deepEqual(
    Object.keys(notYetRight).filter(file => !stated.includes(file)),
    [],
  )
})
