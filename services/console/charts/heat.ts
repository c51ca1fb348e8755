import { useConsole } from '../state/console-state.ts'
import { html } from '../view/html.ts'
import { clockText, dayText } from '../words/times.ts'
import { unitText } from '../words/units.ts'
import type { TimeSeries } from './series.ts'

/** Steps of darkness, besides nothing at all. */
const STEPS = 6

/** A strip of cells for each name, darker for more. A cell without a value stays empty: it is not the least. */
export function Heat({ series, unit }: { series: TimeSeries; unit: string | undefined }) {
  const { place } = useConsole()
  const { times, names, values } = series
  const most = Math.max(0, ...values.flat().map(value => value ?? 0))
  const isLong = (times.at(-1) ?? 0) - (times[0] ?? 0) > 86_400
  const timeText = (time: number | undefined) =>
    time === undefined ? '' : `${isLong ? `${dayText(time * 1000, place.zone)} ` : ''}${clockText(time * 1000, place.zone)}`
  const width = 1000 / Math.max(1, times.length)
  return html`<div class="heat">
    ${names.map(
      (name, line) => html`<div class="heat-row">
        <bdi class="heat-name">${name}</bdi>
        <svg viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label=${`${name}: ${summary(values[line] ?? [], unit)}`}>
          ${times.map((time, index) => {
            const value = values[line]?.[index]
            if (value === null || value === undefined) return null
            return html`<rect x=${index * width} y="0" width=${Math.max(0.5, width - 1)} height="20" class=${`heat-${stepOf(value, most)}`}>
              <title>${`${name}, ${timeText(time)}: ${unitText(value, unit)}`}</title>
            </rect>`
          })}
        </svg>
      </div>`,
    )}
    <div class="heat-row heat-axis" aria-hidden="true"><span></span>
      <span class="heat-times"><span>${timeText(times[0])}</span><span>${timeText(times.at(-1))}</span></span>
    </div>
    <p class="heat-key" aria-hidden="true">
      <span>0</span>${Array.from(
        { length: STEPS + 1 },
        (_, step) => html`<svg viewBox="0 0 10 10"><rect width="10" height="10"
        class=${`heat-${step}`} /></svg>`,
      )}<span>${unitText(most, unit)}</span>
    </p>
  </div>`
}

function stepOf(value: number, most: number): number {
  return most === 0 || value <= 0 ? 0 : Math.max(1, Math.ceil((value / most) * STEPS))
}

function summary(line: readonly (number | null)[], unit: string | undefined): string {
  const known = line.filter(value => value !== null)
  return known.length === 0 ? 'nothing known' : `at most ${unitText(Math.max(...known), unit)}, last ${unitText(known.at(-1), unit)}`
}
