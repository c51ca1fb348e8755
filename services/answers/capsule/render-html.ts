import { escaped } from '../../money/statements/html-text.ts'
import type { Answer } from '../answer.ts'
import type { Capsule } from './capsule.ts'
import { PHASES } from './facts.ts'

const style = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:900px;padding:0 1rem;color:#1d2330}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin:2rem 0 .4rem}.told{background:#f3f6fb;border-radius:8px;padding:.4rem 1.4rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th{text-align:left;border-bottom:2px solid #ccd2dd}
th,td{padding:.25rem .8rem .25rem 0}td+td,th+th{text-align:right}tr+tr td{border-top:1px solid #e7eaf0}.sure{color:#4a5263}
@media(prefers-color-scheme:dark){body{background:#14171d;color:#e5e8ee}.told{background:#1d2330}
th,tr+tr td{border-color:#3a4150}.sure{color:#aab2c0}}`

/** Findings told of an answer. */
const MOST_FINDINGS = 6

/** The capsule as one HTML page without scripts or outside resources. */
export function capsuleHtml(capsule: Capsule): string {
  const title = `Incident from ${capsule.from} to ${capsule.to}`
  const head = PHASES.map(phase => `<th>${phase}</th>`).join('')
  const rows = capsule.figures.map(({ name, values }) => {
    const cells = PHASES.map(phase => `<td>${escaped(values[phase] ?? '–')}</td>`).join('')
    return `<tr><td>${escaped(name)}</td>${cells}</tr>`
  })
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)}</title><style>${style}</style></head>
<body><h1>${escaped(title)}</h1>
<div class="told">${capsule.sentences.map(sentence => `<p>${escaped(sentence)}</p>`).join('')}</div>
<h2>Before, during, after</h2>
<table><thead><tr><th></th>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>
<h2>Evidence</h2>
${capsule.answers.map(answerHtml).join('\n')}
</body></html>
`
}

function answerHtml({ question, sentence, findings, confidence, missing }: Answer): string {
  const list = findings
    .slice(0, MOST_FINDINGS)
    .map(one => `<li>${escaped(one.sentence)} <span class="sure">(${one.confidence})</span></li>`)
  const lacks = missing.length === 0 ? '' : `; missing: ${escaped(missing.join('; '))}`
  const sure = `<span class="sure">(${confidence}${lacks})</span>`
  return `<h3>${escaped(question)}</h3><p>${escaped(sentence)} ${sure}</p><ul>${list.join('')}</ul>`
}
