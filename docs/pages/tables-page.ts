import { AttemptContent } from '../../schemas/attempt.ts'
import { EngineSampleContent } from '../../schemas/engine-sample.ts'
import { GatewaySampleContent } from '../../schemas/gateway-sample.ts'
import { GpuSampleContent } from '../../schemas/gpu-sample.ts'
import { declarationsOf } from '../../schemas/table-files.ts'
import { TABLE_KINDS, type TableKind, type TableSpec } from '../../schemas/table-spec.ts'
import { tables } from '../../schemas/tables.ts'

/** A column as its table's file declares it. */
export interface DeclaredColumn {
  name: string
  type: string
  /** Its COMMENT, else what the schema of the rows says; empty: the name says it. */
  meaning: string
}

/** A section of docs/tables.md: the tables of a kind. */
export interface TableSection {
  title: string
  intro: string
  tables: readonly (TableSpec & { columns: readonly DeclaredColumn[] })[]
}

const kindWords: Readonly<Record<TableKind, readonly [title: string, intro: string]>> = {
  raw: [
    'Raw rows',
    'Written by the worker, at-least-once: a row may be there twice. No number is read from them without the deduplication of settling.',
  ],
  ledger: ['Ledger', 'What was read of the event log. A message that is delivered again writes the same row, and `FINAL` collapses them.'],
  price: ['Price book', 'Rows are only added. A version is one import.'],
  window: ['Windows', 'One insert here makes a version of a window current: the highest counts.'],
  settled: [
    'Settled minutes',
    'Rows of a window under a `settle_version`. Read them through `<table>_current`, which shows the current version of each window.',
  ],
  scratch: ['Notes of settling', 'Written and read by one settling; removed a quarter of an hour later.'],
  hour: [
    'Hours',
    'One insert here makes a version of an hour current: the highest counts. The view `stale_hours` names those that are not up to date.',
  ],
  hourly: [
    'Hours of settled minutes',
    'The same rows as settled minutes, summed by the hour, under an `hour_version`. What `stale_hours` names is read from the minutes.',
  ],
  day: [
    'Days',
    'One insert here makes a version of a day (UTC) current. The view `stale_days` names those that are not made of the hours as they are.',
  ],
  daily: [
    'Days of settled hours',
    'The same rows by the day, under a `day_version`. Days not up to date, or with an hour that is not, are read from hours.',
  ],
  published: [
    'Published hours',
    'For dashboards, under a `published_version`, made of settled minutes and the billing terms. Read them through `<table>_current`.',
  ],
  money: ['Decisions', 'What people decided. Rows are only added.'],
  statement: ['Statements', 'What was issued. Rows are only added and never changed.'],
  state: ['State', 'What workers share of their own. Rows are only added; the latest counts.'],
}

/** Schemas of the rows that the worker writes, by table. */
const contents: Readonly<Record<string, { properties: Readonly<Record<string, object>> }>> = {
  attempts_raw: AttemptContent,
  engine_samples_raw: EngineSampleContent,
  gpu_samples_raw: GpuSampleContent,
  gateway_samples_raw: GatewaySampleContent,
}

/** The sections of docs/tables.md in the order of the way of a line. */
export function tableSections(): readonly TableSection[] {
  return TABLE_KINDS.map(kind => {
    const [title, intro] = kindWords[kind]
    return {
      title,
      intro,
      tables: tables.filter(table => table.kind === kind).map(table => ({ ...table, columns: columnsOf(table.name) })),
    }
  })
}

function columnsOf(table: string): readonly DeclaredColumn[] {
  const described = contents[table]?.properties ?? {}
  return declarationsOf(table)
    .flatMap(declaredColumns)
    .map(column => {
      const { description = '' } = (described[column.name] ?? {}) as { description?: string }
      return { ...column, meaning: column.meaning || description }
    })
}

/** The columns of a `CREATE TABLE` or `ALTER TABLE … ADD COLUMN` whose columns begin with four spaces each. */
export function declaredColumns(ddl: string): readonly DeclaredColumn[] {
  const list = ddl.includes('\n(\n')
    ? ddl.slice(ddl.indexOf('\n(\n') + 3, ddl.indexOf('\n)\n'))
    : ddl.slice(ddl.indexOf('\n    ADD') + 1, ddl.lastIndexOf(';')).replaceAll('ADD COLUMN IF NOT EXISTS ', '')
  return list.split(/,?\n {4}(?=\w)|^ {4}/).flatMap(text => {
    const found = /^(\w+) (.*?)(?: COMMENT '(.*)')?,?$/s.exec(text)
    if (found === null) return []
    const [, name = '', type = '', meaning = ''] = found
    return [
      {
        name,
        type:
          type
            .split(/ (?:MATERIALIZED|DEFAULT|CODEC)/)[0]
            ?.replaceAll(/\s+/g, ' ')
            .trim() ?? '',
        meaning,
      },
    ]
  })
}
