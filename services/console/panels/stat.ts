import { html } from '../view/html.ts'
import { numberOf, unitText } from '../words/units.ts'
import { columnsOf, type PanelAnswer, type PanelMeta } from './panel-shape.ts'

const words = { good: 'good', warn: 'watch', bad: 'bad' } as const
const marks = { good: '●', warn: '▲', bad: '■' } as const

/** One figure, or a few side by side, with what they mean in a word where the panel says so. */
export function Stat({ meta, answer }: { meta: PanelMeta; answer: PanelAnswer }) {
  const values = columnsOf(answer.columns, 'value')
  const labels = answer.columns.filter(({ role }) => role === 'label' || role === 'series')
  const figures = answer.rows.slice(0, 4).flatMap(row =>
    values.map(({ name, title, unit }) => ({
      title: [labels.map(label => String(row[label.name] ?? '')).join(' '), values.length > 1 || labels.length === 0 ? title : '']
        .filter(Boolean)
        .join(', '),
      value: row[name],
      unit: unit ?? meta.unit,
      isJudged: name === values[0]?.name,
    })),
  )
  return html`<dl class=${`stats${figures.length > 1 ? ' is-many' : ''}`}>
    ${figures.map(({ title, value, unit, isJudged }) => {
      const meaning = isJudged ? meaningOf(numberOf(value), meta) : undefined
      return html`<div>
        <dt>${title}</dt>
        <dd title=${String(value ?? '')}>
          ${unitText(value, unit)}${
            meaning &&
            html` <span class=${`mark is-${meaning}`}><span
            aria-hidden="true">${marks[meaning]}</span> ${words[meaning]}</span>`
          }
        </dd>
      </div>`
    })}
  </dl>`
}

/** What the panel's thresholds say of a value: the highest one that it reaches. */
function meaningOf(value: number | undefined, { thresholds = [] }: PanelMeta): 'good' | 'warn' | 'bad' | undefined {
  if (value === undefined) return undefined
  return thresholds.toSorted((one, other) => one.at - other.at).findLast(({ at }) => value >= at)?.meaning
}
