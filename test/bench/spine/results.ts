/** What the parts of the benchmark found, as rows and as text. */
import type { LoadResult } from './load.ts'

/** One rate through the whole spine. CPU in microseconds per line. */
export interface RateRow {
  offered_per_s: number
  seconds: number
  accepted_per_s: number
  refusals: number
  written_per_s: number
  settled_per_s: number
  /** Growth of the lines accepted but not yet written, per second, over the second half. */
  backlog_growth_per_s: number
  drain_s: number | null
  node_main_us: number
  node_other_us: number
  clickhouse_us: number
  merges_us: number
  sender_us: number
  peak_mb: number
  peak_node_mb: number
}

/** The figures of a load. */
export function rateRow(result: LoadResult): RateRow {
  const { sent, looks, cpu } = result
  const lines = Math.max(1, sent.accepted)
  const during = looks.filter(look => look.second <= result.seconds)
  const [middle, last] = [during[Math.floor(during.length / 2)], during.at(-1)]
  const backlog = (look: typeof last) => (look === undefined ? 0 : look.accepted - look.written)
  const span = (last?.second ?? 0) - (middle?.second ?? 0)
  const perLine = (seconds: number) => Math.round((seconds * 1e7) / lines) / 10
  return {
    offered_per_s: result.offered_per_s,
    seconds: Math.round(result.seconds),
    accepted_per_s: Math.round(sent.accepted / result.seconds),
    refusals: sent.refusals,
    written_per_s: Math.round((last?.written ?? 0) / result.seconds),
    settled_per_s: Math.round((last?.settled ?? 0) / result.seconds),
    backlog_growth_per_s: span > 0 ? Math.round((backlog(last) - backlog(middle)) / span) : 0,
    drain_s: result.drain_s === null ? null : Math.round(result.drain_s * 10) / 10,
    node_main_us: perLine(cpu.node_main),
    node_other_us: perLine(cpu.node_other),
    clickhouse_us: perLine(cpu.clickhouse_other),
    merges_us: perLine(cpu.clickhouse_merges),
    sender_us: perLine(sent.cpu_seconds),
    peak_mb: Math.round(Math.max(0, ...looks.map(look => look.node_mb + look.clickhouse_mb))),
    peak_node_mb: Math.round(Math.max(0, ...looks.map(look => look.node_mb))),
  }
}

/** Resident memory by minute of a load. */
export interface MemoryRow {
  minute: number
  node_mb: number
  clickhouse_mb: number
  together_max_mb: number
}

/** The largest readings of each minute. */
export function memoryRows({ looks }: LoadResult): MemoryRow[] {
  return [...Map.groupBy(looks, look => Math.floor(look.second / 60) + 1)].map(([minute, group]) => ({
    minute,
    node_mb: Math.round(Math.max(...group.map(look => look.node_mb))),
    clickhouse_mb: Math.round(Math.max(...group.map(look => look.clickhouse_mb))),
    together_max_mb: Math.round(Math.max(...group.map(look => look.node_mb + look.clickhouse_mb))),
  }))
}

/** Rows as a table in Markdown; numbers stand to the right. */
export function tableOf(rows: readonly object[]): string {
  const [first] = rows
  if (first === undefined) return '(nothing measured)'
  const names = Object.keys(first)
  const cells = rows.map(row => names.map(name => cellText((row as Record<string, unknown>)[name])))
  const widths = names.map((name, index) => Math.max(name.length, ...cells.map(row => (row[index] as string).length)))
  const isNumber = names.map(name => typeof (first as Record<string, unknown>)[name] !== 'string')
  const padded = (cell: string, index: number) =>
    isNumber[index] ? cell.padStart(widths[index] as number) : cell.padEnd(widths[index] as number)
  const line = (row: readonly string[]) => `| ${row.map(padded).join(' | ')} |`
  const rule = `|${widths.map((width, index) => (isNumber[index] ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`
  return [line(names), rule, ...cells.map(line)].join('\n')
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (typeof value !== 'number') return String(value)
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(Math.round(value * 100) / 100)
}
