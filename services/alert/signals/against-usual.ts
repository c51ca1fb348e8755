import { DAY } from '../../platform/clock.ts'
import { durationMs } from '../config/durations.ts'
import type { Readings } from '../reading.ts'
import type { ViewSource } from '../rules/rule.ts'
import { readView } from './read-view.ts'
import { nothingKnown, type SignalDeps } from './signal-deps.ts'

/** The past that says what is usual. It ends before the judged period begins, so that a long spike does not lift its own bar. */
const USUAL_OF = '7d'
/** A past of fewer (requests, attempts …) than this says nothing. Ours. */
const LEAST_USUAL_SAMPLE = 1_000

/** A figure of a view over its mean of the seven days before: 1 is as usual. Things without such a past are left out. */
export async function readAgainstUsual(source: ViewSource, settledUntilMs: number | null, deps: SignalDeps): Promise<Readings> {
  if (settledUntilMs === null) return nothingKnown(null)
  const now = await readView(source, settledUntilMs, deps)
  if (now.readings.length === 0) return now
  const before = await readView({ ...source, over: USUAL_OF }, settledUntilMs - durationMs(source.over), deps)
  const usual = new Map(before.readings.map(reading => [JSON.stringify(reading.labels), reading]))
  const share = durationMs(source.over) / (7 * DAY)
  const readings = now.readings.flatMap(reading => {
    const past = usual.get(JSON.stringify(reading.labels))
    if (past?.value == null || past.value <= 0 || past.sample < LEAST_USUAL_SAMPLE || reading.value === null) return []
    const expected = source.per === undefined ? past.value * share : past.value
    const facts = { ...reading.facts, now: reading.value, usual: expected }
    return [{ ...reading, value: reading.value / expected, facts }]
  })
  return { ...now, readings }
}
