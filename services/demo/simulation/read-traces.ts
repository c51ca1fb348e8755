import { readFileSync } from 'node:fs'

/** Token counts of one request of a trace; `reused_tokens` of the input had been seen before by the same server. */
export interface TokenSample {
  input_tokens: number
  output_tokens: number
  reused_tokens: number
}

/** Arrival rate of one window relative to its series' mean, and the coefficient of variation of the time between arrivals. */
export interface ArrivalWindow {
  rate_ratio: number
  cv: number
}

/** Names of the series of arrival windows. */
export type ArrivalSeries = 'steady' | 'bursty' | 'reasoning'
/** Names of the sets of token counts. */
export type TokenTrace = 'azure-conversation' | 'mooncake-synthetic' | 'servegen-reasoning'

/** The shipped traces (traces/README.md tells where they come from). `reasoning_shares` are quantiles, 0 to 1. */
export interface Traces {
  tokens: Readonly<Record<'azure-conversation' | 'mooncake-synthetic', readonly TokenSample[]>>
  reasoning: { input_tokens: readonly number[]; output_tokens: readonly number[]; reasoning_shares: readonly number[] }
  arrivals: Readonly<Record<ArrivalSeries, readonly ArrivalWindow[]>>
}

/** Reads the shipped trace files. */
export function readTraces(): Traces {
  const reasoning = rowsOf('servegen-reasoning-quantiles.csv')
  const arrivals: Record<ArrivalSeries, ArrivalWindow[]> = { steady: [], bursty: [], reasoning: [] }
  for (const [series, rate, cv] of rowsOf('servegen-arrival-windows.csv')) {
    arrivals[series as ArrivalSeries].push({ rate_ratio: Number(rate) / 1000, cv: Number(cv) / 1000 })
  }
  return {
    tokens: {
      'azure-conversation': tokenSamples('azure-conversation.csv'),
      'mooncake-synthetic': tokenSamples('mooncake-synthetic.csv'),
    },
    reasoning: {
      input_tokens: reasoning.map(row => Number(row[0])),
      output_tokens: reasoning.map(row => Number(row[1])),
      reasoning_shares: reasoning.map(row => Number(row[2]) / 1000),
    },
    arrivals,
  }
}

function tokenSamples(file: string): TokenSample[] {
  return rowsOf(file).map(([input, output, reused]) => ({
    input_tokens: Number(input),
    output_tokens: Number(output),
    reused_tokens: Number(reused ?? 0),
  }))
}

function rowsOf(file: string): string[][] {
  const text = readFileSync(new URL(`traces/${file}`, import.meta.url), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(line => line.split(','))
}
