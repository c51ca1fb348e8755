import { dynamoFrontend, dynamoWorker } from './dynamo.ts'
import type { Engine } from './engine.ts'
import type { Series } from './exposition-series.ts'
import { llamacpp } from './llamacpp.ts'
import { lmdeploy } from './lmdeploy.ts'
import { nim } from './nim.ts'
import { buildSeriesReader, type SeriesReader } from './series-reader.ts'
import { sglang } from './sglang.ts'
import { tgi } from './tgi.ts'
import { triton } from './triton.ts'
import { trtllm } from './trtllm.ts'
import { vllm } from './vllm.ts'

/** Every engine that Weir reads, in the order in which they are tried: those that stand around another engine come after it. */
export const engines: readonly Engine[] = [vllm, sglang, trtllm, triton, tgi, lmdeploy, llamacpp, dynamoWorker, dynamoFrontend, nim]

/** Reads the series of one engine. */
export type EngineReader = SeriesReader<Engine['signals'][number]['to'], Engine>

/** What reads their series. */
export const engineReaders: readonly EngineReader[] = engines.map(engine =>
  buildSeriesReader<Engine['signals'][number]['to'], Engine>(engine),
)

/**
 * The engine that the series are of: the one named where its series are there, else the first that has any, else the first of which there
 * is at least a series that Weir passes over. One engine only: what stands around another engine repeats its series.
 */
export function recogniseEngine(series: readonly Series[], hint: string | undefined): EngineReader | undefined {
  const names = new Set(series.map(one => one.name))
  const has = (reader: EngineReader, role: 'signal' | 'known') => [...names].some(name => reader.roleOf(name) === role)
  const named = engineReaders.find(({ table }) => isNamed(table, series, hint))
  if (named !== undefined && has(named, 'signal')) return named
  const free = engineReaders.filter(({ table }) => !table.needsHint)
  return free.find(reader => has(reader, 'signal')) ?? free.find(reader => has(reader, 'known'))
}

function isNamed(engine: Engine, series: readonly Series[], hint: string | undefined): boolean {
  const names = [engine.name, ...(engine.aliases ?? [])]
  if (hint !== undefined && hint !== '') return names.includes(hint.toLowerCase())
  // The label that Prometheus gives all series of a target; only for engines that nothing else tells.
  if (!engine.needsHint) return false
  const jobs = new Set(series.map(one => one.labels.get('job')?.toLowerCase() ?? ''))
  return [...jobs].some(job => job.split(/[^a-z0-9]+/).includes(engine.name))
}
