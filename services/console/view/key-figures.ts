import { unitText } from '../words/units.ts'
import { html } from './html.ts'

/** A figure at the top of a page. `note` says what it counts or compares with. */
export interface KeyFigure {
  readonly title: string
  readonly value: unknown
  readonly unit: string
  readonly note?: string | undefined
}

/** The few figures that say how things stand. */
export function KeyFigures({ figures }: { figures: readonly KeyFigure[] }) {
  return html`<dl class="key-figures">
    ${figures.map(
      ({ title, value, unit, note }) => html`<div>
        <dt>${title}</dt>
        <dd>
          <span class="key-value" title=${String(value ?? '')}>${unitText(value, unit)}</span>
          ${note !== undefined && html`<span class="key-note">${note}</span>`}
        </dd>
      </div>`,
    )}
  </dl>`
}
