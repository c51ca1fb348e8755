/** Panels of the pipeline itself: whether what the others say can be believed. */
import { asRows, figure, inTime, text, worseFrom } from '../define.ts'
import type { Panel } from '../panel.ts'

const common = { audience: 'operator', variables: [] } as const
const [line, bars] = [inTime('line', common), inTime('bars', common)]
const table = asRows('table', common)
// Messages quote lines.
const ofLines = asRows('table', { ...common, isOfCallers: true })
const lastReceived = text('last_received_at', 'Last line')

export const pipelinePanels: readonly Panel[] = [
  asRows('stat', common)(
    'trust',
    [
      ...[figure('value', 'Figures are old by', 's'), figure('accounted_ratio', 'Lines read', 'percentunit')],
      figure('unpriced_ratio', 'Attempts unpriced', 'percentunit'),
    ],
    {
      ...{ title: 'Trust', question: 'Can I believe this?', counts: 'seconds from settled until to the end of the range; lines; attempts' },
      ...{ unit: 's', leadsTo: 'pipeline' },
    },
  ),
  table(
    'sources',
    [
      ...[text('source', 'Source'), lastReceived, figure('lines', 'Lines'), figure('accepted_lines', 'Accepted')],
      ...[figure('dead_letters', 'Dead letters'), figure('skipped_lines', 'Skipped'), figure('parked_lines', 'Parked')],
      figure('dead_letter_ratio', 'Dead of all', 'percentunit'),
    ],
    { title: 'Sources', question: 'Who sends, and how well?', counts: 'lines' },
  ),
  bars('lines-in-time', {
    ...{ title: 'Lines', question: 'What became of what was sent?', counts: 'lines per step, by when they came', unit: 'short' },
  }),
  line('settle-lag', {
    ...{ title: 'Settling', question: 'Is it catching up?', counts: 'seconds from the end of a minute to its first settling', unit: 's' },
    thresholds: worseFrom(120, 300),
  }),
  ofLines(
    'dead-letters',
    [text('code', 'Why'), text('source', 'Source'), figure('dead_letters', 'Lines'), lastReceived, text('last_message', 'Last message')],
    { title: 'Dead letters', question: 'What could not be read?', counts: 'lines' },
  ),
  line('left-out', {
    ...{ title: 'Left out of the figures', question: 'What came twice, differs or was only counted?' },
    ...{ counts: 'rows and attempts per step', unit: 'short' },
  }),
  table(
    'partitions',
    [
      ...[text('topic', 'Topic'), text('partition', 'Partition'), figure('last_offset', 'Read up to'), lastReceived],
      ...[figure('age_s', 'Last message ago', 's'), figure('lines', 'Lines')],
    ],
    { title: 'Partitions', question: 'How far is the event log read?', counts: 'lines' },
  ),
  table(
    'parked-sources',
    [text('source', 'Source'), text('parked_at', 'Since'), text('reason', 'Why'), figure('lines', 'Lines that wait')],
    {
      ...{ title: 'Parked sources', question: 'Whose lines wait for a person?', counts: 'lines' },
    },
  ),
  table(
    'window-checks',
    [
      ...[text('checked_at', 'Checked'), figure('changed', 'Changed'), figure('lost', 'Not whole'), figure('fewer', 'Raw rows gone')],
      ...[text('first_fewer', 'First of these'), text('last_fewer', 'Last')],
    ],
    { title: 'Checks against raw rows', question: 'Is what is settled still what was sent?', counts: 'minutes' },
  ),
]
