import type { GatewaySignal } from '../../gateway-sample.ts'
import type { SeriesTable, SignalRule } from '../engines/series-table.ts'

/** The exposition of a gateway or an endpoint picker as a table. */
export interface GatewayTable extends SeriesTable<GatewaySignal> {
  kind: 'gateway' | 'picker'
  /** Labels that name the pool, best first; without one it is the pool of the target. */
  poolLabels: readonly string[]
  /** Labels that hold the model asked for, best first. */
  modelLabels: readonly string[]
  /** Labels that hold the provider or upstream, best first. */
  providerLabels: readonly string[]
}

/**
 * The rules of a histogram of seconds, or of another unit of which `perUnit` make one: its sum and count. Names best
 * first, without `_sum` and `_count`.
 */
export function seconds(what: 'duration' | 'ttft', names: readonly string[], perUnit = 1): SignalRule<GatewaySignal>[] {
  return [
    { to: `${what}_seconds_sum`, from: names.map(name => `${name}_sum`), combine: 'sum', perUnit },
    { to: `${what}_seconds_count`, from: names.map(name => `${name}_count`), combine: 'sum' },
  ]
}

/** A rule that reads tokens of one type from series that have all types, whose label names it. */
export function tokens(to: GatewaySignal, from: readonly string[], label: string, type: string): SignalRule<GatewaySignal> {
  return { to, from, combine: 'sum', where: { label, values: [type] } }
}
