import { render } from 'preact'
import { App } from './layout/app.ts'
import { html } from './view/html.ts'

const root = document.getElementById('app')
if (root !== null) {
  root.replaceChildren()
  render(html`<${App} />`, root)
}
