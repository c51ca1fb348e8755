import { type EngineSampleContent, engineMapSignals, engineSignals } from '../../engine-sample.ts'
import type { Engine } from './engine.ts'
import type { Series } from './exposition-series.ts'
import { type Group, labelOf, type SeriesReader } from './series-reader.ts'

/** What was scraped. */
export interface Target {
  pool: string
  endpoint: string
  /** Product, where the operator says it; a wrong or unknown one does no harm. */
  engine?: string
  /** Model, for series that carry none. */
  model?: string
  region?: string
  /** When it was read, ms since 1970 UTC. */
  sampledAtMs: number
}

type EngineReader = SeriesReader<Engine['signals'][number]['to'], Engine>

/** One sample per model and engine index that has at least one number, in order of appearance. */
export function engineSamplesOf(reader: EngineReader, series: readonly Series[], target: Target): EngineSampleContent[] {
  const { table } = reader
  const modelOfUnlabelled = target.model ?? onlyModel(reader, series)
  const groups = reader.read(series, one => ({
    model: labelOf(one, table.modelLabels) || modelOfUnlabelled,
    engine_index: indexOf(one, table.indexLabels),
    endpoint: endpointOf(one, target),
  }))
  return groups.filter(group => group.hasNumber).map(group => sampleOf(table.name, group, target))
}

/** A sample of a model of which nothing is known but that it is there. */
export function emptySampleOf(engine: string, model: string, target: Target): EngineSampleContent {
  return sampleOf(engine, { identity: { model, engine_index: '' }, numberOf: () => null, numbersOf: () => ({}) }, target)
}

function sampleOf(
  engine: string,
  group: Pick<Group<Engine['signals'][number]['to']>, 'identity' | 'numberOf' | 'numbersOf'>,
  target: Target,
): EngineSampleContent {
  return {
    pool: target.pool,
    model: group.identity['model'] ?? '',
    endpoint: group.identity['endpoint'] ?? target.endpoint,
    engine,
    engine_index: group.identity['engine_index'] ?? '',
    region: target.region ?? '',
    sampled_at: target.sampledAtMs,
    ...columnsOf(engineSignals, group.numberOf),
    ...columnsOf(engineMapSignals, group.numbersOf),
  }
}

/**
 * The server that a series is of: Prometheus gives series that it passes on the label `instance`, so that one
 * answer may be about many servers.
 */
export function endpointOf(series: Series, target: Pick<Target, 'endpoint'>): string {
  return labelOf(series, ['instance']) || target.endpoint
}

/** One cell per column. */
export function columnsOf<Column extends string, Cell>(columns: readonly Column[], cellOf: (column: Column) => Cell): Record<Column, Cell> {
  return Object.fromEntries(columns.map(column => [column, cellOf(column)])) as Record<Column, Cell>
}

/** The model of series without a model label: the exposition's only one, if it has only one. */
function onlyModel(reader: EngineReader, series: readonly Series[]): string {
  const models = new Set<string>()
  for (const one of series) {
    const model = reader.roleOf(one.name) === 'foreign' ? '' : labelOf(one, reader.table.modelLabels)
    if (model !== '') models.add(model)
  }
  return models.size === 1 ? ([...models][0] as string) : ''
}

function indexOf(series: Series, labels: readonly string[]): string {
  return labels
    .map(label => labelOf(series, [label]))
    .filter(value => value !== '')
    .join('/')
}
