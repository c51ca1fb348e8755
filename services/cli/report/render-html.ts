import { headline, type Section, sectionsOf } from './render-text.ts'
import type { ReportTables } from './tables.ts'

const style = `body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:1200px;padding:0 1rem;color:#1d2330}
h1{font-size:1.3rem}h2{font-size:1rem;margin:2rem 0 .4rem}p{color:#4a5263}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th{text-align:left;font-weight:600;border-bottom:2px solid #ccd2dd}
th,td{padding:.25rem .6rem .25rem 0;white-space:nowrap}tr+tr td{border-top:1px solid #e7eaf0}.scroll{overflow-x:auto}
@media(prefers-color-scheme:dark){body{background:#14171d;color:#e5e8ee}p{color:#aab2c0}th{border-color:#3a4150}tr+tr td{border-color:#262b35}}`

/** The report as one HTML page without scripts or outside resources. */
export function renderHtml(report: ReportTables): string {
  const [title = '', ...facts] = headline(report).split('\n')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title><style>${style}</style></head>
<body><h1>${escaped(title)}</h1>${facts.map(fact => `<p>${escaped(fact)}</p>`).join('')}
${sectionsOf(report).map(sectionHtml).join('\n')}
</body></html>
`
}

function sectionHtml({ title, empty, columns, rows }: Section): string {
  if (rows.length === 0) return `<h2>${escaped(title)}</h2><p>${escaped(empty)}</p>`
  const head = columns.map(column => `<th>${escaped(column.heading)}</th>`).join('')
  const body = rows
    .map(row => `<tr>${columns.map(column => `<td>${escaped(String(column.cell(row) ?? '–'))}</td>`).join('')}</tr>`)
    .join('\n')
  return `<h2>${escaped(title)}</h2><div class="scroll"><table><tr>${head}</tr>\n${body}</table></div>`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
