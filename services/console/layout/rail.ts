import { useState } from 'preact/hooks'
import { useConsole } from '../state/console-state.ts'
import { linkTo } from '../state/place.ts'
import { html } from '../view/html.ts'
import type { Page } from './pages.ts'

/** The list of pages: beside the page, or behind a button where there is no room for it. */
export function Rail({ pages }: { pages: readonly Page[] }) {
  const { place } = useConsole()
  const [isOpen, setOpen] = useState(false)
  const parts = [...new Set(pages.map(({ part }) => part))]
  const current = pages.find(({ name }) => name === place.page)
  return html`<nav class=${`rail${isOpen ? ' is-open' : ''}`} aria-label="Pages">
    <a class="brand" href=${linkTo(place, 'overview')}><svg viewBox="0 0 24 24" aria-hidden="true"><path
      d="M3 7c3 0 3 2 6 2s3-2 6-2 3 2 6 2M3 12.5c3 0 3 2 6 2s3-2 6-2 3 2 6 2M3 18c3 0 3 2 6 2s3-2 6-2 3 2 6 2" /></svg>Weir</a>
    <button class="quiet menu" type="button" aria-expanded=${isOpen} aria-controls="rail-pages" onClick=${() => setOpen(!isOpen)}>
      ${current?.title ?? 'Pages'} <span aria-hidden="true">▾</span>
    </button>
    <div id="rail-pages" class="rail-pages">
      ${parts.map(
        part => html`<p class="part">${part}</p>
          <ul>
            ${pages
              .filter(page => page.part === part)
              .map(
                page => html`<li>
                  <a
                    href=${linkTo(place, page.name)}
                    aria-current=${page.name === place.page ? 'page' : undefined}
                    onClick=${() => setOpen(false)}
                    >${page.title}</a
                  >
                </li>`,
              )}
          </ul>`,
      )}
    </div>
  </nav>`
}
