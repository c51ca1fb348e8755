import { type Forecast, forecast } from './forecast.ts'
import type { MinuteIndex } from './minute-index.ts'

/** Probability of saturation within 15 minutes from which a forecast is one to act on. */
const LEAST_PROBABILITY = 0.8
/** A warning's crossing is expected within so many minutes, and the index stands at so much already: most growth ends before that. */
const WITHIN_MINUTES = 10
const LEAST_INDEX = 0.72

/** Whether the last two minutes both say that the pool saturates within 15 minutes, or that its queue grows already. */
export function isWarned(minutes: readonly MinuteIndex[]): boolean {
  if (isQueueGrowing(minutes)) return true
  const found = forecast(minutes)
  return (found?.index ?? 0) >= LEAST_INDEX && isPressing(found) && isPressing(forecast(minutes.slice(0, -1)))
}

/** Whether more work came in the last minute than can be done, and the queue grew in each of the last two. */
export function isQueueGrowing(minutes: readonly MinuteIndex[]): boolean {
  return minutes.length >= 2 && minutes.slice(-2).every(one => one.isQueueGrowing) && (minutes.at(-1)?.index ?? 0) >= 1
}

const isPressing = (found: Forecast | undefined) =>
  found !== undefined && found.minutes !== null && found.minutes <= WITHIN_MINUTES && found.probability >= LEAST_PROBABILITY
