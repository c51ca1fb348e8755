import { DAY, HOUR } from '../../platform/clock.ts'
import { durationMs } from '../config/durations.ts'
import type { Readings } from '../reading.ts'
import type { ViewSource } from '../rules/rule.ts'
import { readView, readViewAt } from './read-view.ts'
import { nothingKnown, type SignalDeps } from './signal-deps.ts'
import type { Moments } from './view-sql.ts'
import { views } from './views.ts'

/** The past that says what is usual. It ends before the judged period begins, so that a long spike does not lift its own bar. */
const USUAL_OF = '7d'
/** A past of fewer (requests, attempts …) than this says nothing. Ours. */
const LEAST_USUAL_SAMPLE = 1_000

/** A figure of a view over its mean of the seven days before: 1 is as usual. Things without such a past are left out. */
export async function readAgainstUsual(source: ViewSource, settledUntilMs: number | null, deps: SignalDeps): Promise<Readings> {
  if (settledUntilMs === null) return nothingKnown(null)
  const now = await readView(source, settledUntilMs, deps)
  return now.readings.length === 0 ? now : against(now, await readUsual(source, settledUntilMs, deps), source)
}

/** What is usual is looked up so often in history: of seven days an hour is little. */
const USUAL_EVERY_MS = HOUR

/** The same at several moments: the figures by one query, what is usual once an hour. Rejects with the codes of the client. */
export async function readAgainstUsualAt(source: ViewSource, moments: Moments, deps: SignalDeps): Promise<Readings[]> {
  const all: Readings[] = []
  let usual: { atMs: number; readings: Readings } | undefined
  for (const now of await readViewAt(source, moments, deps)) {
    const atMs = now.settledUntilMs ?? moments.firstMs
    if (usual === undefined || atMs - usual.atMs >= USUAL_EVERY_MS) usual = { atMs, readings: await readUsual(source, atMs, deps) }
    all.push(against(now, usual.readings, source))
  }
  return all
}

function readUsual(source: ViewSource, settledUntilMs: number, deps: SignalDeps): Promise<Readings> {
  return readView({ ...source, over: USUAL_OF }, settledUntilMs - durationMs(source.over), deps)
}

function against(now: Readings, before: Readings, source: ViewSource): Readings {
  const usual = new Map(before.readings.map(reading => [JSON.stringify(reading.labels), reading]))
  // Only what adds up is the more the longer one looks; a percentile or a ratio is not.
  const addsUp = source.per === undefined && views[source.view]?.measures[source.measure]?.over === 'sum'
  const share = addsUp ? durationMs(source.over) / (7 * DAY) : 1
  const readings = now.readings.flatMap(reading => {
    const past = usual.get(JSON.stringify(reading.labels))
    if (past?.value == null || past.value <= 0 || past.sample < LEAST_USUAL_SAMPLE || reading.value === null) return []
    const expected = past.value * share
    return [{ ...reading, value: reading.value / expected, facts: { ...reading.facts, now: reading.value, usual: expected } }]
  })
  return { ...now, readings }
}
