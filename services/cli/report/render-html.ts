import type { Row } from '../../api/reports/report.ts'
import { escaped } from '../../money/statements/html-text.ts'
import { writtenCell, writtenTotal } from '../../platform/text-table.ts'
import { chartsHtml } from './charts-html.ts'
import { headline, type Section, sectionsOf } from './render-text.ts'
import type { ReportTables } from './tables.ts'

const style = `body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:1200px;padding:0 1rem;color:#1d2330}
h1{font-size:1.3rem}h2{font-size:1rem;margin:2rem 0 .4rem}p{color:#4a5263}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:600;border-bottom:2px solid #ccd2dd}
th,td{padding:.25rem .6rem .25rem 0;white-space:nowrap}tr+tr td{border-top:1px solid #e7eaf0}.scroll{overflow-x:auto}.n{text-align:right}
tfoot td{border-top:2px solid #ccd2dd;font-weight:600}
@media(prefers-color-scheme:dark){body{background:#14171d;color:#e5e8ee}p{color:#aab2c0}th{border-color:#3a4150}
tr+tr td{border-color:#262b35}.bar i{background:#6aa5ff}.out{background:#1d2330}}
.out{background:#f3f6fb;border-radius:8px;padding:.2rem 1.2rem}.out li{margin:.4rem 0}
.charts{display:flex;flex-wrap:wrap;gap:2rem}.charts section{flex:1 1 320px}
.bar{display:grid;grid-template-columns:minmax(6rem,14rem) 1fr auto;gap:.6rem;align-items:center;margin:.2rem 0}
.bar span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.bar i{background:#2f6fed;height:.8rem;border-radius:3px}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}}`

/** The report as one HTML page without scripts or outside resources. */
export function renderHtml(report: ReportTables): string {
  const [read = '', ...facts] = headline(report)
  const { period } = report
  const title = period === null ? 'AI gateway report' : `AI gateway report, ${dayText(period)}`
  const out = report.stands_out.map(line => `<li>${escaped(line)}</li>`).join('')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)}</title><style>${style}</style></head>
<body><h1>${escaped(title)}</h1>
${out === '' ? '' : `<div class="out"><h2>What stands out</h2><ul>${out}</ul></div>`}
${facts.map(fact => `<p>${escaped(fact)}</p>`).join('')}
${chartsHtml(report)}
${sectionsOf(report).map(sectionHtml).join('\n')}
<p>${escaped(read)}</p>
</body></html>
`
}

/** A period as days where it is several, else as a day with its hours, UTC. */
function dayText({ from, to }: NonNullable<ReportTables['period']>): string {
  const [firstDay, lastDay] = [from.slice(0, 10), to.slice(0, 10)]
  return firstDay === lastDay ? `${firstDay}, ${from.slice(11, 16)} to ${to.slice(11, 16)} UTC` : `${firstDay} to ${lastDay}`
}

function sectionHtml({ title, empty, columns, rows, totals = [] }: Section): string {
  if (rows.length === 0) return `<h2>${escaped(title)}</h2><p>${escaped(empty)}</p>`
  const isNumber = columns.map(column => column.isNumber === true || rows.some(row => typeof column.cell(row) === 'number'))
  const cell = (text: string, index: number, tag: 'td' | 'th') => `<${tag}${isNumber[index] ? ' class="n"' : ''}>${escaped(text)}</${tag}>`
  const line = (row: Row, written = writtenCell) =>
    `<tr>${columns.map((column, index) => cell(written(column, row), index, 'td')).join('')}</tr>`
  const head = columns.map((column, index) => cell(column.heading, index, 'th')).join('')
  const foot = totals.length === 0 ? '' : `<tfoot>${totals.map(row => line(row, writtenTotal)).join('\n')}</tfoot>`
  const body = `<thead><tr>${head}</tr></thead><tbody>\n${rows.map(row => line(row)).join('\n')}</tbody>${foot}`
  return `<h2>${escaped(title)}</h2><div class="scroll"><table>${body}</table></div>`
}
