import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type HourlyName, hourlyColumns, hourlyTables } from '../../schemas/hourly.ts'
import { tables } from '../../schemas/tables.ts'

/** Names and types of the columns that a table's file declares. */
function columnsOf(table: string): Map<string, string> {
  const number = String(tables.findIndex(({ name }) => name === table) + 1).padStart(3, '0')
  const text = readFileSync(new URL(`../../schemas/clickhouse/${number}_${table}.sql`, import.meta.url), 'utf8')
  return new Map([...text.matchAll(/^ {4}(\w+) (.*?)(?: COMMENT .*)?,?$/gm)].map(found => [found[1] as string, found[2] as string]))
}

test('a table of hours has the columns of its minutes, and each is said to be a key, a sum, a map or a state', () => {
  for (const name of Object.keys(hourlyTables) as HourlyName[]) {
    const minutes = columnsOf(`${name}_per_minute`)
    const hours = columnsOf(`${name}_per_hour`)
    for (const [own, of] of [
      ['hour_start', 'window_start'],
      ['hour_version', 'settle_version'],
    ] as const) {
      assert.equal(hours.get(own), minutes.get(of))
      hours.delete(own)
      minutes.delete(of)
    }
    assert.deepEqual([...hours], [...minutes], name)
    assert.deepEqual([...hourlyColumns(name)].sort(), [...hours.keys()].sort(), name)
  }
})
