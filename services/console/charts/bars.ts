import { html } from '../view/html.ts'
import { unitText } from '../words/units.ts'

/** One bar: what it stands for and how long it is. */
export interface Bar {
  readonly name: string
  readonly value: number
  readonly href?: string | undefined
  readonly note?: string | undefined
}

/** Bars with their names and values, longest first as given. Values below zero go to the left of the others' start. */
export function Bars({ bars, unit }: { bars: readonly Bar[]; unit: string | undefined }) {
  const most = Math.max(0, ...bars.map(({ value }) => value))
  const least = Math.min(0, ...bars.map(({ value }) => value))
  const span = most - least || 1
  const start = (-least / span) * 100
  return html`<ul class="bars">
    ${bars.map(({ name, value, href, note }) => {
      const length = (Math.abs(value) / span) * 100
      return html`<li>
        <span class="bar-name"><bdi>${href === undefined ? name : html`<a href=${href}>${name}</a>`}</bdi></span>
        <span class="bar-value">${unitText(value, unit)}${note !== undefined && html` <span class="bar-note">${note}</span>`}</span>
        <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
          <rect class="bar-track" width="100" height="6" />
          <rect class=${value < 0 ? 'bar-less' : 'bar-more'} x=${value < 0 ? start - length : start} width=${length} height="6" />
        </svg>
      </li>`
    })}
  </ul>`
}
