import type { EngineSampleContent } from '../../../../schemas/engine-sample.ts'
import { type ExpositionSamples, readExposition } from '../../../../schemas/metrics/read-exposition.ts'
import { sample } from '../../../fixtures/samples.ts'

/** What the tests scrape. */
export const target = { pool: 'blue', endpoint: '10.8.1.12:8000', sampledAtMs: 1_787_500_000_000 }

/** Reads a text, or a file of test/fixtures/samples where the name has no blank and no line end. */
export function scrape(textOrFile: string, more: Partial<Parameters<typeof readExposition>[1]> = {}): ExpositionSamples {
  const isFile = !/[\s{}]/.test(textOrFile)
  return readExposition(isFile ? sample(textOrFile).toString('utf8') : textOrFile, { ...target, ...more })
}

/** What a sample says: its cells that are neither null nor empty, without those that every sample of a target shares. */
export function facts(one: object | undefined): Record<string, unknown> {
  const shared = ['endpoint', 'sampled_at', 'ttft_seconds_buckets', 'itl_seconds_buckets']
  const said = Object.entries(one ?? {}).filter(([name, value]) => !shared.includes(name) && value !== null && value !== '')
  return Object.fromEntries(said.filter(([, value]) => typeof value !== 'object' || Object.keys(value as object).length > 0))
}

/** The facts of each engine sample. */
export function engineFacts(textOrFile: string, more: Partial<Parameters<typeof readExposition>[1]> = {}): Record<string, unknown>[] {
  return scrape(textOrFile, more).samples.map(facts)
}

/** One cell of each engine sample by model. */
export function byModel(samples: readonly EngineSampleContent[], cell: keyof EngineSampleContent): Record<string, unknown> {
  return Object.fromEntries(samples.map(one => [one.model, one[cell]]))
}
