import type { ImportPlan } from '../../money/price-book/plan-import.ts'
import type { PriceChange } from '../../money/price-book/price-changes.ts'
import type { PriceFile } from '../../money/price-book/price-file.ts'
import { renderRows } from '../print.ts'

/** Rows shown of each kind unless all are asked for. */
const SHOWN = 40

/** What a file would change, as text: the counts, the changes, what is refused. */
export function planText(plan: ImportPlan, file: PriceFile, isAll: boolean): string {
  const of = (change: PriceChange['change']) => plan.changes.filter(one => one.change === change)
  const counted = (changes: readonly PriceChange[]) => {
    const models = new Set(changes.map(({ provider, model }) => `${provider}\n${model}`)).size
    return `${changes.length} price(s) of ${models} model(s)`
  }
  const lines = [
    `read as ${file.format}: ${file.models} entries, ${file.rows.length} prices, ${file.rounded} of them rounded, ` +
      `${plan.refused.length} refused`,
    `added      ${counted(of('added'))}`,
    `changed    ${counted(of('changed'))}`,
    `dropped    ${counted(of('dropped'))}: unpriced from then on, or at the price of their base kind`,
    `unchanged  ${plan.unchanged_models} model(s)`,
  ]
  if (plan.kept_own.length > 0)
    lines.push(`kept       ${plan.kept_own.length} model(s) with own prices (--override-own): ${firstOf(plan.kept_own)}`)
  if (plan.changes.length > 0) lines.push('', changesText(plan.changes, isAll))
  if (plan.refused.length > 0) lines.push('', 'REFUSED', refusedText(plan, isAll))
  return lines.join('\n')
}

/** The same for programs; `money` is the preview of a correction. */
export function planJson({ changes, refused, unchanged_models, kept_own }: ImportPlan, money?: object): string {
  const dated = changes.map(one => ({ ...one, valid_from: new Date(one.valid_from).toISOString() }))
  return JSON.stringify({ changes: dated, refused, unchanged_models, kept_own, ...money }, null, 1)
}

function changesText(changes: readonly PriceChange[], isAll: boolean): string {
  const order = { changed: 0, dropped: 1, added: 2 } as const
  const sorted = changes.toSorted((a, b) => order[a.change] - order[b.change])
  const rows = sorted.slice(0, isAll ? undefined : SHOWN).map(one => ({
    ...one,
    min_input_tokens: one.min_input_tokens || null,
    valid_from: new Date(one.valid_from).toISOString(),
  }))
  return renderRows(rows, 'text') + more(sorted.length - rows.length)
}

function refusedText(plan: ImportPlan, isAll: boolean): string {
  const shown = plan.refused.slice(0, isAll ? undefined : SHOWN)
  const lines = shown.map(
    ({ place, model, field, value, reason }) => `  ${place}: ${model} ${field} ${value === '' ? '' : `"${value}" `}– ${reason}`,
  )
  return lines.join('\n') + more(plan.refused.length - shown.length)
}

function more(count: number): string {
  return count > 0 ? `\n… and ${count} more (--all shows them)` : ''
}

function firstOf(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')}, …` : names.join(', ')
}
