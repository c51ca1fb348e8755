import { type GatewaySampleContent, type GatewaySignal, gatewaySignals } from '../../gateway-sample.ts'
import type { Series } from '../engines/exposition-series.ts'
import { columnsOf, endpointOf, type Target } from '../engines/samples.ts'
import { labelOf, type SeriesReader } from '../engines/series-reader.ts'
import type { GatewayTable } from './gateway-table.ts'

/** One sample per pool, model and provider that has at least one number, in order of appearance. */
export function gatewaySamplesOf(
  reader: SeriesReader<GatewaySignal, GatewayTable>,
  series: readonly Series[],
  target: Omit<Target, 'engine' | 'model'>,
): GatewaySampleContent[] {
  const { table } = reader
  const groups = reader.read(series, one => ({
    pool: labelOf(one, table.poolLabels) || target.pool,
    model: labelOf(one, table.modelLabels),
    provider: labelOf(one, table.providerLabels),
    endpoint: endpointOf(one, target),
  }))
  return groups
    .filter(group => group.hasNumber)
    .map(group => ({
      pool: group.identity['pool'] ?? '',
      model: group.identity['model'] ?? '',
      provider: group.identity['provider'] ?? '',
      endpoint: group.identity['endpoint'] ?? '',
      product: table.name,
      kind: table.kind,
      region: target.region ?? '',
      sampled_at: target.sampledAtMs,
      ...columnsOf(gatewaySignals, group.numberOf),
    }))
}
