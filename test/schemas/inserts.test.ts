import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { type HourlyName, hourlyTables } from '../../schemas/levels/hourly.ts'
import { dayRowsSql, hourRowsSql } from '../../services/settle/hours.ts'
import { engineMinutesSql, groupsSql, joinedSql, securitySumsSql, sumsSql } from '../../services/settle/settle-sql.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { type InsertSelect, insertSelects } from './insert-columns.ts'

/** Statements made by code, from one list for the columns and their values, or those that follow. */
const madeByCode: readonly string[] = [
  'services/money/statements/store.ts',
  ...['engine-minutes', 'groups', 'hour-rows', 'day-rows', 'joined', 'sums', 'security-sums'].map(
    name => `services/settle/queries/${name}.sql`,
  ),
]
const shape = { isShared: true, classes: { sizes: [], times: [] } }
const made = {
  'engine-minutes': engineMinutesSql,
  groups: groupsSql({ hasOverflow: false }),
  'groups with overflow': groupsSql({ hasOverflow: true }),
  ...Object.fromEntries((Object.keys(hourlyTables) as HourlyName[]).map(name => [`hours of ${name}`, hourRowsSql(name)])),
  ...Object.fromEntries((Object.keys(hourlyTables) as HourlyName[]).map(name => [`days of ${name}`, dayRowsSql(name)])),
  joined: joinedSql,
  'sums of sole rows': sumsSql('sole', shape),
  'sums of joined rows': sumsSql('joined', shape),
  'security of sole rows': securitySumsSql('sole', shape),
  'security of joined rows': securitySumsSql('joined', shape),
}

const root = new URL('../../', import.meta.url)
const { clickhouse, database } = await openTestClickHouse({ after })
const columns = await clickhouse.query<{ table: string; name: string }>(
  `SELECT table, name FROM system.columns
   WHERE database = {database_name:String} AND default_kind NOT IN ('MATERIALIZED', 'ALIAS') ORDER BY position`,
  { database_name: database },
)
const files = globSync('services/**/*.{sql,ts}', { cwd: root }).filter(file => !madeByCode.includes(file))
const statements = [
  ...files.sort().map((file): [string, string] => [file, readFileSync(new URL(file, root), 'utf8')]),
  ...Object.entries(made),
].flatMap(([file, text]) => insertSelects(text).map(insert => ({ file, insert })))

test('every INSERT … SELECT names its columns, each expression has the name of its column, and none is left out', () => {
  assert.ok(statements.length > 15)
  for (const { file, insert } of statements) assert.deepEqual(faultsOf(insert), [], file)
})

test('a swapped, a nameless, a missing and an unknown column are each told with table and column', () => {
  const faults = (sql: string) => insertSelects(sql).flatMap(faultsOf)
  const [version, kind, ...more] = namesOf('billing_terms')
  const list = [version, kind, ...more].join(', ')
  assert.deepEqual(faults(`INSERT INTO {database}.billing_terms (${list}) SELECT ${list} FROM x`), [])
  assert.deepEqual(faults(`INSERT INTO {database}.billing_terms (${list}) SELECT ${[kind, version, ...more].join(', ')}`), [
    'billing_terms.version gets kind',
    'billing_terms.kind gets version',
  ])
  const nameless = `-- (a, 'comment' of; one)
    INSERT INTO {database}.billing_terms (${list})
    WITH a AS (SELECT 1, 2) SELECT max(version) + 1, concat('FROM, (', kind) AS kind, ${more.join(', ')} FROM a UNION ALL SELECT ${list}`
  assert.deepEqual(faults(nameless), ['billing_terms.version gets an expression without a name'])
  assert.deepEqual(faults(`INSERT INTO {database}.billing_terms (version, colour) SELECT 1 AS version, 2 AS colour`), [
    'billing_terms has no column colour',
    ...[kind, ...more].map(name => `billing_terms.${name} is not written`),
  ])
  assert.deepEqual(faults(`INSERT INTO {database}.billing_terms SELECT ${list}`), ['billing_terms: no columns are listed'])
  assert.deepEqual(faults(`INSERT INTO {database}.billing_terms (${list}) SELECT ${more.join(', ')}`).length, 1)
})

function namesOf(table: string): string[] {
  return columns.filter(column => column.table === table).map(({ name }) => name)
}

function faultsOf({ table, columns: listed, names }: InsertSelect): string[] {
  if (listed.length === 0) return [`${table}: no columns are listed`]
  const known = namesOf(table)
  // A table of a database beside the live one is not among those of the migrations.
  const unknown = known.length === 0 ? [] : listed.filter(name => !known.includes(name)).map(name => `${table} has no column ${name}`)
  const missing = known.filter(name => !listed.includes(name)).map(name => `${table}.${name} is not written`)
  const swapped = names.flatMap(list =>
    list.length === listed.length
      ? listed.flatMap((name, index) =>
          list[index] === name ? [] : `${table}.${name} gets ${list[index] || 'an expression without a name'}`,
        )
      : [`${table}: ${listed.length} columns are listed and ${list.length} selected`],
  )
  return [...unknown, ...missing, ...swapped]
}
