import type { EndOfModel } from '../../money/price-book/end-dates.ts'
import { DAY } from '../../platform/clock.ts'
import type { Reading, Readings } from '../reading.ts'
import { readView } from './read-view.ts'
import { nothingKnown, type ReadAt, type SignalDeps } from './signal-deps.ts'

/** Later ends are nobody's business yet, days. */
const LONGEST_LEFT_DAYS = 90

/** Days until each model of a provider ends that was used in the period; below 0: it has ended and is still asked for. */
export async function readModelEnds(overMs: number, { settledUntilMs }: ReadAt, deps: SignalDeps): Promise<Readings> {
  if (settledUntilMs === null || deps.endOfModel === undefined) return nothingKnown(null)
  const by = ['provider', 'request_model', 'response_model']
  const where = { upstream_kind: 'provider' }
  const used = await readView({ view: 'usage', measure: 'requests', over: `${overMs}ms`, by, where }, settledUntilMs, deps)
  return { ...used, readings: used.readings.flatMap(reading => endOf(reading, deps.endOfModel, settledUntilMs)) }
}

function endOf({ labels, sample, facts }: Reading, endOfModel: EndOfModel | undefined, atMs: number): Reading[] {
  const { provider = '', request_model = '', response_model = '' } = labels
  const endMs = endOfModel?.({ provider, request_model, response_model })
  if (endMs === undefined || endMs - atMs > LONGEST_LEFT_DAYS * DAY) return []
  const value = (endMs - atMs) / DAY
  const ends_on = new Date(endMs).toISOString().slice(0, 10)
  return [{ labels, value, sample, facts: { ...facts, ends_on, days_past: Math.max(0, -value) } }]
}
