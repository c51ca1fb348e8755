import Type from 'typebox'
import { boardNames, panelKinds, units, variables } from '../../../dashboards/panel.ts'

const oneOf = (values: readonly string[], description: string) => Type.Unsafe<string>({ type: 'string', enum: [...values], description })
const Text = (description: string) => Type.String({ description })
const PanelColumn = Type.Object(
  {
    name: Text('key of the value in a row'),
    title: Text('its heading'),
    role: oneOf(['time', 'series', 'value', 'label'], 'time: start of a step; series: which line; value: a number; label: a text'),
    unit: Type.Optional(oneOf(units, 'unit of a value; the panel’s where it is absent')),
  },
  { description: 'a column of the rows' },
)
const Threshold = Type.Object(
  {
    at: Type.Number({ description: 'from this value on' }),
    meaning: oneOf(['good', 'warn', 'bad'], 'what such a reading is'),
  },
  { description: 'how to take a value' },
)
const PanelMeta = Type.Object(
  {
    name: Text('part of the path that gives its rows'),
    title: Text('heading'),
    question: Text('what it answers'),
    counts: Text('what its values count'),
    kind: oneOf(panelKinds, 'how it is drawn'),
    unit: oneOf(units, 'unit of its values'),
    audience: oneOf(['tenant', 'operator'], 'operator: it shows what is of all tenants'),
    variables: Type.Array(oneOf(variables, 'a filter that the panel takes'), { description: 'filters of the panel' }),
    columns: Type.Array(PanelColumn, { description: 'columns of its rows' }),
    thresholds: Type.Optional(Type.Array(Threshold, { description: 'lowest first' })),
    leadsTo: Type.Optional(oneOf(boardNames, 'the board that tells more')),
  },
  { description: 'a panel' },
)
const Board = Type.Object(
  {
    name: oneOf(boardNames, 'the console’s page of this name shows it'),
    title: Text('heading'),
    question: Text('what it answers'),
    rows: Type.Array(Type.Array(Type.String({ description: 'name of a panel' })), { description: 'panels in rows, the answer first' }),
  },
  { description: 'a board' },
)
/** Answer of the list. */
export const PanelList = Type.Object({
  boards: Type.Array(Board, { description: 'boards, with the panels of this reader' }),
  panels: Type.Array(PanelMeta, { description: 'the panels of this reader' }),
})
/** Answer of a panel. */
export const PanelAnswer = Type.Object({
  panel: Text('name of the panel'),
  from: Type.String({ format: 'date-time', description: 'start of the period' }),
  to: Type.String({ format: 'date-time', description: 'its end' }),
  step: Text('length of a step, ISO 8601'),
  settled_until: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'end of the last settled minute of the period; null: none is settled',
  }),
  columns: Type.Array(PanelColumn, { description: 'columns of the rows' }),
  rows: Type.Array(Type.Record(Type.String(), Type.Unknown(), { description: 'a value for each column; null: unknown' }), {
    description: 'rows in the order to show them',
  }),
})
