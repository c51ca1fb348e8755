/** Panels as the API describes and answers them. */

export interface PanelColumn {
  readonly name: string
  readonly title: string
  readonly unit?: string
  readonly role: 'time' | 'series' | 'value' | 'label' | 'link'
}

export interface PanelMeta {
  readonly name: string
  readonly title: string
  readonly question: string
  readonly counts: string
  readonly kind: 'stat' | 'line' | 'area' | 'bars' | 'table' | 'heat' | 'flow'
  readonly unit: string
  readonly audience: 'tenant' | 'operator'
  readonly variables: readonly string[]
  readonly columns: readonly PanelColumn[]
  readonly thresholds?: readonly { readonly at: number; readonly meaning: 'good' | 'warn' | 'bad' }[]
  /** Page that tells more. */
  readonly leadsTo?: string
}

export type PanelRow = Readonly<Record<string, unknown>>

export interface PanelAnswer {
  readonly panel: PanelMeta | string
  readonly from: string
  readonly to: string
  readonly step: number | string | null
  readonly settled_until: string | null
  readonly columns: readonly PanelColumn[]
  readonly rows: readonly PanelRow[]
}

/** A board: rows of panels by name. */
export interface Board {
  readonly name: string
  readonly title: string
  readonly question: string
  readonly rows: readonly (readonly string[])[]
}

export interface PanelList {
  readonly panels: readonly PanelMeta[]
  readonly boards: readonly Board[]
}

/** Columns of a role. */
export function columnsOf(columns: readonly PanelColumn[], role: PanelColumn['role']): readonly PanelColumn[] {
  return columns.filter(column => column.role === role)
}
