import { html } from '../view/html.ts'

/** How loud an alert is, as a sign and a word. */
export function Severity({ severity }: { severity: string }) {
  const [kind, sign] = severity === 'page' ? ['is-bad', '■'] : severity === 'ticket' ? ['is-warn', '▲'] : ['', '●']
  return html`<span class=${`mark ${kind}`}><span aria-hidden="true">${sign}</span> ${severity}</span>`
}
