import type { EngineSampleContent } from '../engine-sample.ts'
import type { GatewaySampleContent } from '../gateway-sample.ts'
import type { GpuSampleContent } from '../gpu-sample.ts'
import { type ExpositionError, parseExposition } from './engines/exposition.ts'
import type { Series } from './engines/exposition-series.ts'
import { readJson } from './engines/json.ts'
import { loadedOllamaModels, OLLAMA } from './engines/ollama.ts'
import { engineReaders, recogniseEngine } from './engines/registry.ts'
import { emptySampleOf, engineSamplesOf, type Target } from './engines/samples.ts'
import { gatewaySamplesOf } from './gateways/gateway-samples.ts'
import { gatewayReaders } from './gateways/registry.ts'
import { gpuSamplesOf } from './gpus/gpu-samples.ts'
import { gpuReaders } from './gpus/registry.ts'

/** What an exposition came to. */
export interface ExpositionSamples {
  /** What showed it: engine, gateway or exporter; undefined when no series belongs to one that Weir knows. */
  product: string | undefined
  /** One per model and engine index. */
  samples: EngineSampleContent[]
  /** One per pool, model and provider. */
  gateways: GatewaySampleContent[]
  /** One per GPU. */
  gpus: GpuSampleContent[]
  /** Series that no table names. */
  unknownSeries: number
  /** Lines that are not of the format. */
  errors: ExpositionError[]
}

/** Series of client libraries and of what runs around an engine, which are nobody's news. */
const FOREIGN = [
  'python_',
  'process_',
  'http_',
  'go_',
  'promhttp_',
  'ray_',
  'target_info',
  'otel_',
  'nodejs_',
  'envoy_',
  'rest_client_',
  'controller_runtime_',
  'certwatcher_',
  'workqueue_',
]

/**
 * Reads what a target gave: an exposition of Prometheus or OpenMetrics, or the JSON of Ollama's `/api/ps`. Never throws.
 * Of the tables of engines one is used, of those of gateways and of GPUs all that find their series.
 */
export function readExposition(text: string, target: Target): ExpositionSamples {
  if (text.trimStart().startsWith('{')) {
    const json = readJson(text)
    if (json !== undefined) return samplesOfJson(json, text, target)
  }
  const { series, errors } = parseExposition(text)
  const engine = recogniseEngine(series, target.engine)
  const samples = engine === undefined ? [] : engineSamplesOf(engine, series, target)
  const gateways = gatewayReaders.flatMap(reader => gatewaySamplesOf(reader, series, target))
  const gpus = gpuReaders.flatMap(reader => gpuSamplesOf(reader, series, target))
  const readers = [...engineReaders.filter(reader => reader === engine || !reader.table.needsHint), ...gatewayReaders, ...gpuReaders]
  const roles = new Map<string, boolean>()
  const isUnknown = ({ name }: Series) => {
    if (!roles.has(name)) {
      const found = new Set(readers.map(reader => reader.roleOf(name)))
      const isForeign = found.size === 1 && found.has('foreign') && FOREIGN.some(start => name.startsWith(start))
      roles.set(name, !(found.has('signal') || found.has('known') || isForeign))
    }
    return roles.get(name)
  }
  const product = engine?.table.name ?? gateways[0]?.product ?? gpus[0]?.exporter ?? onlyKnown(series)
  return { product, samples, gateways, gpus, unknownSeries: series.filter(isUnknown).length, errors }
}

function samplesOfJson(value: unknown, text: string, target: Target): ExpositionSamples {
  const none = { samples: [], gateways: [], gpus: [], unknownSeries: 0, errors: [] }
  const models = loadedOllamaModels(value)
  if (models !== undefined) return { ...none, product: OLLAMA, samples: models.map(model => emptySampleOf(OLLAMA, model, target)) }
  const message = 'Line 1: the text is JSON and not the list of loaded models that Ollama’s /api/ps gives.'
  return { ...none, product: undefined, errors: [{ lineNo: 1, line: text.split('\n', 1)[0] ?? '', message }] }
}

/** The gateway or exporter of which there are only series that Weir passes over. */
function onlyKnown(series: readonly Series[]): string | undefined {
  const isThere = (reader: { roleOf(name: string): string }) => series.some(one => ['signal', 'known'].includes(reader.roleOf(one.name)))
  return [...gatewayReaders, ...gpuReaders].find(isThere)?.table.name
}
