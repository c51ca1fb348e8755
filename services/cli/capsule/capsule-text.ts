import type { Capsule } from '../../answers/capsule/capsule.ts'
import { PHASES } from '../../answers/capsule/facts.ts'
import { textTable } from '../../platform/text-table.ts'

/** The capsule as text for a terminal. */
export function capsuleText({ from, to, sentences, figures, answers }: Capsule): string {
  const columns = [
    { heading: '', cell: (row: Readonly<Record<string, unknown>>) => String(row['name']) },
    ...PHASES.map(phase => ({ heading: phase, cell: (row: Readonly<Record<string, unknown>>) => (row[phase] as string | null) ?? null })),
  ]
  const rows = figures.map(({ name, values }) => ({ name, ...values }))
  return [
    `Incident from ${from} to ${to}`,
    '',
    ...sentences,
    '',
    ...textTable(columns, rows),
    '',
    'Evidence',
    ...answers.map(({ question, sentence, confidence }) => `  ${question}: ${sentence} (${confidence})`),
  ].join('\n')
}
