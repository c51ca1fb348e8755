import { randomUUID } from 'node:crypto'
import type { AsOfView, TableSpec } from '../../../schemas/table-spec.ts'
import { tables } from '../../../schemas/tables.ts'
import type { AsOfDatabase } from '../../money/statements/as-of.ts'
import type { ClickHouse, QueryParameters } from '../../platform/clickhouse/client.ts'
import { applyMigrations, type Placement, placed, readMigrations } from '../../platform/clickhouse/migrations.ts'
import { readQuery, readStatements } from '../../platform/clickhouse/read-query.ts'
import { DAY, type Now, SECOND } from '../../platform/clock.ts'
import { openPriceBookStore, type PriceBookStore } from '../../settle/price-book-store.ts'
import { settleWindows } from '../../settle/settle-windows.ts'

/** No closing or proof takes longer; what is older was left by one that died. */
const LEFT_AFTER_MS = DAY

/**
 * Makes the database that AsOfDatabase describes, beside the live one and with prices up to `config.priceVersion`. Disposing drops it; one
 * that a crash left behind has a name of its own, holds views and little else, and is dropped by the first that is opened a day
 * (`leftAfterMs`) later. `onSettled` is told how many minutes of those asked for are done.
 */
export async function openAsOfDatabase(
  config: { priceVersion: number; leftAfterMs?: number } & Placement,
  deps: { live: ClickHouse; now: Now; onSettled?: (done: number, all: number) => void },
): Promise<AsOfDatabase> {
  const { live, now } = deps
  const clickhouse = besideDatabase(live, `${live.database}_asof_${randomUUID().replaceAll('-', '').slice(0, 12)}`)
  const command = (sql: string, parameters?: QueryParameters) => clickhouse.command(placed(sql, config), parameters)
  await dropLeft(live, config)
  await using opened = new AsyncDisposableStack()
  opened.defer(() => command('DROP DATABASE IF EXISTS {database} {on_cluster}'))
  const run = async (name: string, table: TableSpec) => {
    for (const statement of readStatements(import.meta.url, name)) await command(fillPlaces(statement, table))
  }
  const runAll = async (asOf: AsOfView, name = `as-of-${asOf}`) => {
    for (const table of tables.filter(one => one.asOf === asOf)) await run(name, table)
  }
  const placeViews = async () => {
    for (const asOf of ['positions', 'prices', 'whole'] as const) await runAll(asOf)
  }
  await command('CREATE DATABASE {database} {on_cluster}')
  for (const statement of readStatements(import.meta.url, 'as-of-own')) await command(statement)
  await placeViews()
  await clickhouse.insert('frozen_versions', ['price_version'], [[config.priceVersion]])
  await runAll('pinned')
  // Tables of its own are only made when something is to be settled: they take longer than all the rest.
  let prices: PriceBookStore | undefined
  const prepare = async () => {
    const views = await clickhouse.query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = {name:String} AND engine = 'View'",
      {
        name: clickhouse.database,
      },
    )
    for (const { name } of views) await command('DROP TABLE {database}.{view:Identifier} {on_cluster}', { view: name })
    await applyMigrations({ isReplicated: false, ...config, migrations: readMigrations() }, { clickhouse })
    await placeViews()
    await runAll('pinned', 'as-of-current')
    return await openPriceBookStore({}, { clickhouse })
  }
  const cleanup = opened.move()
  return {
    clickhouse,
    async settle(windowStartsMs) {
      prices ??= await prepare()
      const onProgress = (done: number) => deps.onSettled?.(done, windowStartsMs.length)
      await settleWindows(windowStartsMs, { clickhouse, prices, now }, { onProgress })
    },
    [Symbol.asyncDispose]: () => cleanup.disposeAsync(),
  }
}

function fillPlaces(statement: string, { name, kind, computed = [] }: TableSpec): string {
  return statement
    .replaceAll('{table}', name)
    .replace('{computed}', computed.map(column => `, a.${column} AS ${column}`).join(''))
    .replace('{final}', kind === 'ledger' ? 'FINAL' : '')
}

async function dropLeft(live: ClickHouse, config: { leftAfterMs?: number } & Placement): Promise<void> {
  const left = await live.query<{ name: string }>(readQuery(import.meta.url, 'left-databases'), {
    prefix: `${live.database}_asof_`,
    after_s: (config.leftAfterMs ?? LEFT_AFTER_MS) / SECOND,
  })
  for (const { name } of left) await live.command(placed('DROP DATABASE IF EXISTS {name:Identifier} {on_cluster}', config), { name })
}

/** The same server, with `{database}` standing for another database and `{live}` for the one it was opened for. */
function besideDatabase(live: ClickHouse, database: string): ClickHouse {
  const named = (sql: string) => sql.replaceAll('{database}', database).replaceAll('{live}', live.database)
  return {
    database,
    ping: () => live.ping(),
    command: (sql, parameters, settings) => live.command(named(sql), parameters, settings),
    query: (sql, parameters, settings) => live.query(named(sql), parameters, settings),
    insert: (table, columns, rows) => live.insert(`${database}.${table}`, columns, rows),
    insertBlocks: (table, columns, blocks) => live.insertBlocks(`${database}.${table}`, columns, blocks),
    columnTypes: (table, columns) => live.columnTypes(`${database}.${table}`, columns),
    convert: live.convert.bind(live),
    [Symbol.asyncDispose]: async () => {},
  }
}
