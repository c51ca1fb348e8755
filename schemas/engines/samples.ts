import type { EngineSampleContent } from '../engine-sample.ts'
import type { Engine, Signal, SignalRule } from './engine.ts'
import type { Series } from './exposition-sample.ts'

/** What was scraped. */
export interface Target {
  pool: string
  endpoint: string
  /** Engine product, where the operator says it; a wrong or unknown one does no harm. */
  engine?: string
  /** Model, for series that carry none. */
  model?: string
  region?: string
  /** When it was read, ms since 1970 UTC. */
  sampledAtMs: number
}

interface Reading {
  rank: number
  value: number | null
}

interface Group {
  model: string
  index: string
  readings: Map<SignalRule, Reading>
}

const SUFFIXES = ['_bucket', '_sum', '_count', '_created', '_total', '_info'] as const

/** Counts series that no table names, among them client libraries' own except the usual ones. */
const FOREIGN = ['python_', 'process_', 'http_', 'go_', 'promhttp_'] as const

/** The series' name without the engine's prefix; undefined when it is none of the engine's. */
export function nameWithin(engine: Engine, name: string): string | undefined {
  const prefix = engine.prefixes.find(start => name.startsWith(start))
  return prefix === undefined ? undefined : name.slice(prefix.length)
}

/** One sample per model and engine index that has at least one signal, in order of appearance, and how many series no table names. */
export function samplesOf(
  engine: Engine,
  series: readonly Series[],
  target: Target,
): { samples: EngineSampleContent[]; unknownSeries: number } {
  const rules = rulesByName(engine)
  const known = new Set(engine.known)
  const modelOfUnlabelled = target.model ?? onlyModel(engine, series)
  const groups = new Map<string, Group>()
  let unknownSeries = 0
  for (const one of series) {
    const name = nameWithin(engine, one.name)
    const uses = name === undefined ? undefined : rules.get(name)
    if (uses === undefined) {
      if (!isKnown(one.name, name, known, rules)) unknownSeries += 1
      continue
    }
    const model = labelOf(one, engine.modelLabels) || modelOfUnlabelled
    const index = labelOf(one, engine.indexLabels)
    const key = JSON.stringify([model, index])
    const group = groups.get(key) ?? { model, index, readings: new Map<SignalRule, Reading>() }
    groups.set(key, group)
    for (const { rule, rank } of uses) addReading(group.readings, rule, rank, one)
  }
  return { samples: [...groups.values()].filter(hasSignal).map(group => sampleOf(engine, group, target)), unknownSeries }
}

function addReading(readings: Map<SignalRule, Reading>, rule: SignalRule, rank: number, series: Series): void {
  const { where } = rule
  const reason = where === undefined ? undefined : series.labels.get(where.label)
  if (where !== undefined && reason === undefined) return
  const isCounted = where === undefined || where.values.includes(reason as string)
  // NaN and infinity are "no reading", which is not zero.
  const value = Number.isFinite(series.value) ? (isCounted ? series.value : 0) : null
  const held = readings.get(rule)
  if (held === undefined || rank < held.rank) readings.set(rule, { rank, value })
  else if (rank === held.rank) held.value = combined(held.value, value, rule.combine)
}

function combined(a: number | null, b: number | null, how: SignalRule['combine']): number | null {
  if (a === null || b === null) return a ?? b
  return how === 'sum' ? a + b : Math.max(a, b)
}

function hasSignal(group: Group): boolean {
  for (const reading of group.readings.values()) if (reading.value !== null) return true
  return false
}

function sampleOf(engine: Engine, group: Group, target: Target): EngineSampleContent {
  const read = (signal: Signal) => {
    for (const [rule, reading] of group.readings) if (rule.to === signal) return reading.value
    return null
  }
  return {
    pool: target.pool,
    model: group.model,
    endpoint: target.endpoint,
    engine: engine.name,
    engine_index: group.index,
    region: target.region ?? '',
    sampled_at: target.sampledAtMs,
    running: read('running'),
    waiting: read('waiting'),
    running_limit: read('running_limit'),
    kv_cache_use_ratio: read('kv_cache_use_ratio'),
    preemptions_total: read('preemptions_total'),
    input_tokens_total: read('input_tokens_total'),
    output_tokens_total: read('output_tokens_total'),
    prefix_cache_queries_total: read('prefix_cache_queries_total'),
    prefix_cache_hits_total: read('prefix_cache_hits_total'),
    queue_seconds_sum: read('queue_seconds_sum'),
    queue_seconds_count: read('queue_seconds_count'),
    ttft_seconds_sum: read('ttft_seconds_sum'),
    ttft_seconds_count: read('ttft_seconds_count'),
    requests_finished_total: read('requests_finished_total'),
    requests_failed_total: read('requests_failed_total'),
  }
}

type RulesByName = ReadonlyMap<string, readonly { rule: SignalRule; rank: number }[]>

function rulesByName(engine: Engine): RulesByName {
  const byName = new Map<string, { rule: SignalRule; rank: number }[]>()
  for (const rule of engine.signals) {
    for (const [rank, name] of rule.from.entries()) byName.set(name, [...(byName.get(name) ?? []), { rule, rank }])
  }
  return byName
}

/** The model of series without a model label: the exposition's only one, if it has only one. */
function onlyModel(engine: Engine, series: readonly Series[]): string {
  const models = new Set<string>()
  for (const one of series) {
    const model = nameWithin(engine, one.name) === undefined ? '' : labelOf(one, engine.modelLabels)
    if (model !== '') models.add(model)
  }
  return models.size === 1 ? ([...models][0] as string) : ''
}

function labelOf(series: Series, labels: readonly string[]): string {
  for (const label of labels) {
    const value = series.labels.get(label)
    if (value !== undefined && value !== '') return value
  }
  return ''
}

function isKnown(fullName: string, name: string | undefined, known: ReadonlySet<string>, rules: RulesByName): boolean {
  if (name === undefined) return FOREIGN.some(prefix => fullName.startsWith(prefix))
  if (known.has(name)) return true
  const base = baseOf(name)
  return known.has(base) || rules.has(base) || rules.has(`${base}_total`)
}

/** The family's name: without the suffix that a histogram's parts and a counter's extra series carry. */
function baseOf(name: string): string {
  const suffix = SUFFIXES.find(end => name.endsWith(end))
  return suffix === undefined ? name : name.slice(0, -suffix.length)
}
