import { type Forecast, forecast } from './forecast.ts'
import type { MinuteIndex } from './minute-index.ts'

/** Probability of saturation within 15 minutes from which a forecast is one to act on. */
const LEAST_PROBABILITY = 0.8

/** Whether the last two minutes both say that the pool saturates within 15 minutes, or that its queue grows already. */
export function isWarned(minutes: readonly MinuteIndex[]): boolean {
  return [minutes, minutes.slice(0, -1)].every(some => isPressing(some, forecast(some)))
}

function isPressing(minutes: readonly MinuteIndex[], found: Forecast | undefined): boolean {
  return (minutes.at(-1)?.parts.queue ?? 0) >= 1 || (found !== undefined && found.probability >= LEAST_PROBABILITY)
}
