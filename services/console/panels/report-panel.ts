import { useMemo } from 'preact/hooks'
import { useAsked, useConsole } from '../state/console-state.ts'
import { type FilterName, type Place, queryOf, rangeMs } from '../state/place.ts'
import { download } from '../view/download.ts'
import { type Child, html } from '../view/html.ts'
import { csvText } from '../words/csv.ts'
import { PanelCard } from './panel-card.ts'
import type { PanelAnswer, PanelColumn, PanelMeta, PanelRow } from './panel-shape.ts'

/** What a report answers, as far as every one has it. */
export interface ReportAnswer {
  readonly from: string
  readonly to: string
  readonly step: string | null
  readonly completeness: { readonly last_settled_window: string | null; readonly unsettled_windows: number }
  readonly rows: readonly PanelRow[]
}

/** A panel over a report of the API: what is asked, and how its rows become those of the panel. */
export interface ReportPanelMeta extends Omit<PanelMeta, 'variables' | 'audience' | 'columns'> {
  readonly path: string
  readonly groups: readonly string[]
  /** Asked for in steps of the range. */
  readonly isOverTime?: boolean
  readonly filters: readonly FilterName[]
  readonly columns: readonly PanelColumn[]
  readonly rowsOf: (rows: readonly PanelRow[]) => readonly PanelRow[]
  /** Panels of a board beside which it would say the same again. */
  readonly standsFor?: readonly string[]
  readonly size?: string
}

/** Steps of a range, longest first fitting: about as many as a chart has room for. */
const steps: readonly { text: string; ms: number }[] = [
  { text: '1m', ms: 60_000 },
  { text: '5m', ms: 300_000 },
  { text: '15m', ms: 900_000 },
  { text: '1h', ms: 3_600_000 },
  { text: '6h', ms: 21_600_000 },
  { text: '1d', ms: 86_400_000 },
]
const MOST_STEPS = 100

/** The step for a place's range. */
export function stepOf(place: Place, nowMs: number): { text: string; ms: number } {
  const { fromMs, toMs } = rangeMs(place, nowMs)
  return steps.find(({ ms }) => (toMs - fromMs) / ms <= MOST_STEPS) ?? { text: '1w', ms: 604_800_000 }
}

/** The path of a report about a place. */
export function reportPath(
  report: { path: string; groups: readonly string[]; isOverTime?: boolean | undefined; filters: readonly FilterName[] },
  place: Place,
  nowMs: number,
): string {
  const query = queryOf(place, nowMs, report.filters)
  query.set('group_by', report.groups.length === 0 ? 'none' : report.groups.join(','))
  if (report.isOverTime) query.set('step', stepOf(place, nowMs).text)
  query.set('limit', '10000')
  return `${report.path}?${query}`
}

/** The panel. */
export function ReportPanel({ meta, size, empty }: { meta: ReportPanelMeta; size?: string; empty?: Child }) {
  const { place, nowMs } = useConsole()
  const asked = useAsked<ReportAnswer>(reportPath(meta, place, nowMs()))
  const { data } = asked
  const answer = useMemo((): PanelAnswer | undefined => {
    if (data === undefined) return undefined
    const last = data.completeness.last_settled_window
    const settled_until = last === null ? null : new Date(Date.parse(last) + 60_000).toISOString()
    const { from, to, step } = data
    return { panel: meta.name, from, to, step, settled_until, columns: meta.columns, rows: meta.rowsOf(data.rows) }
  }, [data])
  const save = () => {
    const rows = (answer?.rows ?? []).map(row => meta.columns.map(({ name }) => row[name]))
    download(
      `${meta.name}.csv`,
      'text/csv',
      csvText(
        meta.columns.map(({ name }) => name),
        rows,
      ),
    )
  }
  const csv = html`<button type="button" class="quiet" disabled=${answer === undefined} onClick=${save}
    >CSV<span class="visually-hidden"> of ${meta.title}</span></button
  >`
  const full = { ...meta, audience: 'tenant' as const, variables: [] }
  return html`<${PanelCard} meta=${full} asked=${{ ...asked, data: answer }} csv=${csv} size=${size} empty=${empty} />`
}
