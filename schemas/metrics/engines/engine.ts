import type { EngineMapSignal, EngineSignal } from '../../engine-sample.ts'
import type { SeriesTable, SignalRule } from './series-table.ts'

type Signal = EngineSignal | EngineMapSignal

/** A model server's exposition as a table. */
export interface Engine extends SeriesTable<Signal> {
  /** Labels that hold the model's name, best first. */
  modelLabels: readonly string[]
  /** Labels that tell engines behind one endpoint apart; the values of all that are there make the index. */
  indexLabels: readonly string[]
  /** Further names that an operator may call it by. */
  aliases?: readonly string[]
  /**
   * Its series names are not its own (no prefix), or another table reads the same target better: read only where the
   * operator or the label `job` names it.
   */
  needsHint?: true
}

/**
 * The rules of a histogram of seconds: sum and count, and the buckets where the sample keeps them. Names best
 * first, without `_sum` and so on.
 */
export function seconds(what: 'queue' | 'ttft' | 'itl' | 'e2e', ...names: readonly string[]): SignalRule<Signal>[] {
  const part = (end: string) => names.map(name => `${name}_${end}`)
  const rules: SignalRule<Signal>[] = [
    { to: `${what}_seconds_sum`, from: part('sum'), combine: 'sum' },
    { to: `${what}_seconds_count`, from: part('count'), combine: 'sum' },
  ]
  if (what === 'ttft' || what === 'itl') rules.push({ to: `${what}_seconds_buckets`, from: part('bucket'), combine: 'sum', byLabel: 'le' })
  return rules
}

/** The rules of two histograms of seconds that engines of vLLM's kin keep per finished request: time in prefill and time in decode. */
export function phases(): SignalRule<Signal>[] {
  return [
    { to: 'prefill_seconds_sum', from: ['request_prefill_time_seconds_sum'], combine: 'sum' },
    { to: 'decode_seconds_sum', from: ['request_decode_time_seconds_sum'], combine: 'sum' },
  ]
}

/** The rules of a counter of finished requests by reason: all, those that ended in one of `failed`, and each reason. */
export function finished(names: readonly string[], failed: readonly string[]): SignalRule<Signal>[] {
  const label = 'finished_reason'
  const from = names.flatMap(name => [`${name}_total`, name])
  return [
    { to: 'requests_finished_total', from, combine: 'sum' },
    { to: 'requests_failed_total', from, combine: 'sum', where: { label, values: failed }, isElseZero: true },
    { to: 'finish_reasons', from, combine: 'sum', byLabel: label },
  ]
}
