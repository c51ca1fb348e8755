import { escaped } from '../../money/statements/html-text.ts'
import type { Audit } from './audit.ts'

const style = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:900px;padding:0 1rem;color:#1d2330}
h1{font-size:1.4rem}h2{font-size:1.05rem;margin:1.6rem 0 .3rem}h3{font-size:1rem;margin:1.2rem 0 .2rem;text-transform:capitalize}
.q{border-left:5px solid #98a2b3;padding:.1rem 1rem;margin:1rem 0}.good{border-color:#1a7f4b}.bad{border-color:#c4382c}
.word{font-weight:700;text-transform:uppercase;font-size:.85rem}.next{color:#2f4f9e}li{margin:.2rem 0}
@media(prefers-color-scheme:dark){body{background:#14171d;color:#e5e8ee}.next{color:#9db8ff}}@media print{.q{break-inside:avoid}}`

/** The audit as one HTML page without scripts or outside resources: the six questions first, then layer by layer. */
export function auditHtml(audit: Audit): string {
  const until = audit.settled_until === null ? '' : `, settled until ${audit.settled_until}`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Audit of the AI gateway platform</title><style>${style}</style></head>
<body><h1>Audit of the AI gateway platform</h1>
<p>${escaped(audit.sentence)} From ${audit.from} to ${audit.to}${until}.</p>
${audit.questions.map(questionHtml).join('\n')}
<h2>Layer by layer</h2>
${audit.layers.map(layerHtml).join('\n')}
${declaredHtml(audit.declared)}
</body></html>
`
}

function questionHtml({ asks, answer, is_good, evidence, next_steps }: Audit['questions'][number]): string {
  const kind = is_good === null ? '' : is_good ? ' good' : ' bad'
  const next = next_steps.length === 0 ? '' : `<p class="next">Next:</p>${listHtml(next_steps)}`
  return `<section class="q${kind}"><h2>${escaped(asks)}</h2><p class="word">${answer}</p>${listHtml(evidence)}${next}</section>`
}

function layerHtml({ layer, checks }: Audit['layers'][number]): string {
  const list = checks.length === 0 ? '<p>No such traffic.</p>' : listHtml(checks.map(one => `${one.word}: ${one.does} (${one.evidence})`))
  return `<h3>${escaped(layer)}</h3>${list}`
}

const declaredHtml = (declared: Audit['declared']) =>
  declared.length === 0 ? '' : `<h2>Declared and seen</h2>${listHtml(declared.map(one => `${one.what}: ${one.finding}. ${one.next_step}`))}`

const listHtml = (texts: readonly string[]) => `<ul>${texts.map(text => `<li>${escaped(text)}</li>`).join('')}</ul>`
