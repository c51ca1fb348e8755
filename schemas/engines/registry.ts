import type { EngineSampleContent } from '../engine-sample.ts'
import type { Engine } from './engine.ts'
import { type ExpositionError, parseExposition } from './exposition.ts'
import type { Series } from './exposition-sample.ts'
import { nameWithin, samplesOf, type Target } from './samples.ts'
import { vllm } from './vllm.ts'

/** Every engine that Weir reads, in the order in which they are tried. */
export const engines: readonly Engine[] = [vllm]

/** What a scrape came to. */
export interface Scrape {
  /** Name of the engine; undefined when no series belongs to one that Weir knows. */
  engine: string | undefined
  /** One per model and engine index. */
  samples: EngineSampleContent[]
  /** Series that no table names. */
  unknownSeries: number
  /** Lines that are not of the format. */
  errors: ExpositionError[]
}

/** Reads an exposition of a target; never throws. The engine is the one named by the target where its series are there, else the first that has any. */
export function samplesFromExposition(text: string, target: Target): Scrape {
  const { series, errors } = parseExposition(text)
  const engine = engineOf(series, target.engine)
  if (engine === undefined) return { engine: undefined, samples: [], unknownSeries: series.length, errors }
  return { engine: engine.name, ...samplesOf(engine, series, target), errors }
}

function engineOf(series: readonly Series[], hint: string | undefined): Engine | undefined {
  const isThere = (engine: Engine) => series.some(one => nameWithin(engine, one.name) !== undefined)
  return engines.find(engine => engine.name === hint && isThere(engine)) ?? engines.find(isThere)
}
