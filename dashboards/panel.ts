/** What a panel is: one definition that Grafana's dashboards and the console both draw. */

/** How a panel is drawn. `flow`: from → to with a width; `heat`: time by series, coloured by value. */
export const panelKinds = ['stat', 'line', 'area', 'bars', 'table', 'heat', 'flow'] as const
export type PanelKind = (typeof panelKinds)[number]

/** Units of values, by the names that Grafana and its linter know. */
export const units = ['short', 's', 'ms', 'percentunit', 'currencyUSD', 'bytes'] as const
export type Unit = (typeof units)[number]

/** What a reader may choose, and the column that most tables have it in. */
export const variables = ['tenant_id', 'route', 'model', 'pool', 'provider'] as const
export type Variable = (typeof variables)[number]

/** Boards, which are the console's pages too. */
export const boardNames = [
  'overview',
  'tenants',
  'cost',
  'pools',
  'fallbacks',
  'providers',
  'latency',
  'security',
  'rollouts',
  'alerts',
  'pipeline',
] as const
export type BoardName = (typeof boardNames)[number]

/** A column of a panel's rows. */
export interface Column {
  /** As the query names it. */
  readonly name: string
  readonly title: string
  /** `time`: start of a step, UTC; `series`: the line that a value belongs to; `value`: a number or null for unknown. */
  readonly role: 'time' | 'series' | 'value' | 'label'
  /** Unit of a value; the panel's unless told. */
  readonly unit?: Unit
}

/** A panel. Its query is queries/<name>.sql. */
export interface Panel {
  /** Kebab, unique, never changed: path in the API, file of the query, key of Grafana's id. */
  readonly name: string
  readonly title: string
  /** What a reader asks, with its question mark. */
  readonly question: string
  /** What its values count, in words: `requests`, `attempts`, `list price, USD`. */
  readonly counts: string
  readonly kind: PanelKind
  readonly unit: Unit
  /** `tenant`: its query has the reader's tenants alone. `operator`: it shows what is of all, and no tenant may read it. */
  readonly audience: 'tenant' | 'operator'
  /** It tells who called, from where and with what, or what people were told of it: nothing for finance. */
  readonly isOfCallers?: true
  /** What its query can be narrowed by. */
  readonly variables: readonly Variable[]
  readonly columns: readonly Column[]
  /** From this value on a reading is good, needs attention or is bad, lowest first. */
  readonly thresholds?: readonly { readonly at: number; readonly meaning: 'good' | 'warn' | 'bad' }[]
  /** Of values in time: so many series that come to most in the range, and the others as one. */
  readonly top?: number
  /** Where a reader goes on. */
  readonly leadsTo?: BoardName
}

/** A board: what it answers, and its panels in rows, the answer first; at most 12. */
export interface Board {
  readonly name: BoardName
  readonly title: string
  readonly question: string
  readonly rows: readonly (readonly string[])[]
}

/** The columns of lines, areas and heat maps. */
export const timeSeries: readonly Column[] = [
  { name: 'time', title: 'Time', role: 'time' },
  { name: 'series', title: 'Series', role: 'series' },
  { name: 'value', title: 'Value', role: 'value' },
]
