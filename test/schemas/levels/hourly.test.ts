import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type HourlyName, type HourlyTable, hourlyColumns, hourlyTables } from '../../../schemas/levels/hourly.ts'
import { poolGroupings, poolMinutesSql } from '../../../schemas/levels/pool-minutes.ts'
import { declarationsOf } from '../../../schemas/table-files.ts'

/** Names and types of the columns that a table's file declares. */
function columnsOf(table: string): Map<string, string> {
  const text = declarationsOf(table).join('\n').replaceAll('ADD COLUMN IF NOT EXISTS ', '')
  return new Map([...text.matchAll(/^ {4}(\w+) (.*?)(?: COMMENT .*)?[,;]?$/gm)].map(found => [found[1] as string, found[2] as string]))
}

const names = Object.keys(hourlyTables) as HourlyName[]
/** Rows of these are grouped before they are summed, or have other measures. */
const ownShape: readonly HourlyName[] = ['pool', 'latency_of_all']

/** What an hour has no use for: a storm is seen by the ten seconds. */
const onlyInMinutes: Partial<Record<HourlyName, readonly string[]>> = {
  resilience: ['requests_by_10s', 'attempts_by_10s', 'answered_by_10s'],
}

/** The columns of a table without its start and version, which must be those of `like` under the names of the level. */
function measuresOf(table: string, level: 'window' | 'hour' | 'day'): Map<string, string> {
  const columns = columnsOf(table)
  assert.deepEqual(
    [columns.get(`${level}_start`), columns.get(`${level === 'window' ? 'settle' : level}_version`)],
    ["DateTime('UTC')", 'UInt64'],
  )
  return new Map([...columns].filter(([name]) => !/^(window|hour|day)_start$|^(settle|hour|day)_version$/.test(name)))
}

test('tables of hours and days have the columns of their minutes, and each is said to be a key or how it is merged', () => {
  for (const name of names) {
    const { of = name, keys }: HourlyTable = hourlyTables[name]
    const hours = measuresOf(`${name}_per_hour`, 'hour')
    assert.deepEqual([...hourlyColumns(name)].sort(), [...hours.keys()].sort(), name)
    assert.deepEqual([...measuresOf(`${name}_per_day`, 'day')], [...hours], name)
    if (ownShape.includes(name)) continue
    const minutes = measuresOf(`${of}_per_minute`, 'window')
    const dropped = [...minutes.keys()].filter(column => !hours.has(column))
    for (const column of dropped) minutes.delete(column)
    assert.deepEqual([...hours], [...minutes], name)
    assert.deepEqual(dropped, onlyInMinutes[name] ?? [], name)
    assert.ok(keys.length > 0)
  }
})

test('minutes of pools, grouped each way, have the columns of their hours', () => {
  for (const grouping of poolGroupings) {
    const text = poolMinutesSql(grouping, { minutes: 'x', where: 'true' })
    const named = [...text.matchAll(/ AS (\w+)(?=,\n|,? |,?$|\n)/g)]
      .map(found => found[1] as string)
      .filter(name => !['LowCardinality', 'r'].includes(name))
    assert.deepEqual(named.sort(), ['window_start', ...hourlyColumns('pool')].sort())
  }
})
