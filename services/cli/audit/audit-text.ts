import type { Audit } from '../../answers/audit/audit.ts'

/** The audit as text for a terminal. */
export function auditText(audit: Audit): string {
  const questions = audit.questions.flatMap(({ asks, answer, is_good, evidence, next_steps }) => [
    `${MARKS[String(is_good) as keyof typeof MARKS]} ${asks} ${answer.toUpperCase()}`,
    ...evidence.map(text => `    ${text}`),
    ...next_steps.map(text => `    next: ${text}`),
    '',
  ])
  const layers = audit.layers.flatMap(({ layer, checks }) => [
    layer,
    ...(checks.length === 0
      ? ['    no such traffic']
      : checks.map(({ does, word, evidence }) => `    ${word.padEnd(11)} ${does} (${evidence})`)),
  ])
  const declared = audit.declared.map(({ what, finding, next_step }) => `    ${what}: ${finding}; ${next_step}`)
  const settled = audit.settled_until === null ? 'nothing settled' : `settled until ${audit.settled_until}`
  const period = `from ${audit.from} to ${audit.to}, ${settled}`
  return [
    audit.sentence,
    period,
    '',
    ...questions,
    'Layer by layer',
    ...layers,
    ...(declared.length > 0 ? ['', 'Declared and seen', ...declared] : []),
  ].join('\n')
}

/** Whether the answer is the one that one would like. */
const MARKS = { true: '[ok]', false: '[!!]', null: '[??]' } as const
