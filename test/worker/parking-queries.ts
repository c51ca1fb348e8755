import type { InMemoryClickHouse, SentRow } from '../fakes/in-memory-clickhouse.ts'

/**
 * Lets a ClickHouse in memory answer the queries about parked sources and messages from what was inserted; parking.test.ts runs them on a
 * real one too.
 */
export function answeringParking(clickhouse: InMemoryClickHouse): InMemoryClickHouse {
  const query = async (sql: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<unknown[]> => {
    if (sql.includes('parked_sources')) return latest(clickhouse.rows('parked_sources'), ['source']).map(standing)
    if (!sql.includes('parked_messages')) throw new Error('the in-memory ClickHouse runs no SQL')
    const parked = parameters['parked'] as readonly unknown[]
    return latest(clickhouse.rows('parked_messages'), ['partition', 'offset'])
      .filter(row => row['is_parked'] === true && row['partition'] === parameters['partition'] && !parked.includes(row['source']))
      .filter(row => (row['offset'] as number) >= (parameters['from_offset'] as number))
      .sort((a, b) => (a['offset'] as number) - (b['offset'] as number))
      .slice(0, parameters['messages'] as number)
  }
  return Object.assign(clickhouse, { query: query as InMemoryClickHouse['query'] })
}

function standing(row: SentRow): SentRow {
  return { ...row, changed_at: new Date(row['changed_at'] as number).toISOString() }
}

/** Of the rows with the same key the last. */
function latest(rows: readonly SentRow[], key: readonly string[]): SentRow[] {
  return [...new Map(rows.map(row => [key.map(name => row[name]).join('/'), row])).values()]
}
