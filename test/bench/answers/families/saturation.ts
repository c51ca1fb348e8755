/** Is the queue's explosion foretold? Weir asked at the end of every minute, and what people use today, on the same scenarios. */
import { explainFirst } from '../../../../services/answers/saturation/explain-first.ts'
import { LOOKBACK_MS, readPoolMinutes } from '../../../../services/answers/saturation/first-question.ts'
import { MINUTE } from '../../../../services/platform/clock.ts'
import type { Family, Played, Score } from '../family.ts'
import { simulate } from '../play.ts'
import { explodesAt, POOL, saturationPlay, TRUTH_MINUTES } from './saturation-platform.ts'
import { saturationShapes } from './saturation-shapes.ts'

/** Minutes before the first question, and the longest that a warning may be ahead. */
const FIRST_MINUTE = 8
const AHEAD_MS = 30 * MINUTE
const WARNINGS = ['weir', 'waiting > 50', 'KV > 90 %'] as const

/** Ends of the minutes at which each of them warns. Minutes are read once: a settled minute does not change. */
async function warningsOf(played: Played): Promise<Map<string, number[]>> {
  const { fromMs, toMs } = played
  const scope = { isAll: true, tenants: [], seesVolumes: true }
  const minutes = await readPoolMinutes({ fromMs, toMs, nowMs: toMs, scope, parameters: {} }, played)
  const own = minutes.filter(row => row.pool === POOL)
  const warned = new Map<string, number[]>(WARNINGS.map(by => [by, []]))
  for (let atMs = fromMs + FIRST_MINUTE * MINUTE; atMs <= toMs; atMs += MINUTE) {
    const seen = own.filter(row => row.at_ms >= atMs - LOOKBACK_MS && row.at_ms < atMs)
    const inputs = { minutes: seen, loads: [], settled: { untilMs: atMs, windows: seen.length } }
    const [found] = explainFirst(inputs, { fromMs, toMs: atMs, scope }).findings
    const last = seen.at(-1)
    if (found?.state === 'saturated' || found?.state === 'soon') warned.get('weir')?.push(atMs)
    if ((last?.waiting ?? 0) > 50) warned.get('waiting > 50')?.push(atMs)
    if ((last?.kv_cache_use_ratio ?? 0) > 0.9) warned.get('KV > 90 %')?.push(atMs)
  }
  return warned
}

async function score(played: Played): Promise<readonly Score[]> {
  // Played on beyond the last question: what explodes half an hour later was foretold rightly.
  const explodesMs = explodesAt(simulate(played.simulation, TRUTH_MINUTES).requests)
  const doesExplode = Number.isFinite(explodesMs)
  return [...(await warningsOf(played))].flatMap(([by, warned]): Score[] => {
    const isFalse = doesExplode ? warned.some(atMs => explodesMs - atMs > AHEAD_MS) : warned.length > 0
    const lead = doesExplode ? leadOf(warned, explodesMs) : undefined
    return [
      { score: 'no false alarm', by, isRight: !isFalse },
      { score: 'warned before', by, ...(doesExplode && { isRight: (lead ?? 0) > 0 }) },
      { score: 'warning, minutes before', by, ...(doesExplode && { value: lead ?? -AHEAD_MS / MINUTE }) },
    ]
  })
}

/** Minutes from the start of the warnings that stand when the queue explodes, a gap of a minute allowed; late ones are negative. */
function leadOf(warned: readonly number[], explodesMs: number): number | undefined {
  const before = warned.filter(atMs => atMs <= explodesMs)
  const late = warned[0]
  if (before.length === 0) return late === undefined ? undefined : (explodesMs - late) / MINUTE
  let start = before.at(-1) ?? 0
  for (const atMs of before.toReversed()) if (start - atMs <= 2 * MINUTE) start = atMs
  return (explodesMs - start) / MINUTE
}

/** One family for each kind. */
export const saturationFamilies: readonly Family[] = Object.entries(saturationShapes).map(([name, shape]) => ({
  name: `saturation-${name.replace(' ', '-')}`,
  question: 'first',
  build: seed => saturationPlay(seed, shape),
  score,
}))
