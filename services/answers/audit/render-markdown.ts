import type { Audit } from './audit.ts'

/** The audit as Markdown: the six questions first, then the layers with their checks. */
export function auditMarkdown(audit: Audit): string {
  return `${[
    '# Audit of the AI gateway platform',
    `From ${audit.from} to ${audit.to}${settledText(audit)}. ${plain(audit.sentence)}`,
    ...audit.questions.flatMap(question => [
      `## ${question.asks}`,
      `**${question.answer}**${question.is_good === false ? ' (should be otherwise)' : ''}`,
      list(question.evidence),
      ...(question.next_steps.length > 0 ? [`Next:\n\n${list(question.next_steps)}`] : []),
    ]),
    '## Layer by layer',
    ...audit.layers.flatMap(({ layer, checks }) => [
      `### ${layer}`,
      checks.length === 0 ? 'No such traffic.' : list(checks.map(({ does, word, evidence }) => `${word}: ${does} (${evidence})`)),
    ]),
    ...(audit.declared.length > 0
      ? ['## Declared and seen', list(audit.declared.map(({ what, finding, next_step }) => `${what}: ${finding}. ${next_step}`))]
      : []),
  ].join('\n\n')}\n`
}

const settledText = ({ settled_until }: Audit) => (settled_until === null ? '' : `, settled until ${settled_until}`)

const list = (texts: readonly string[]) => texts.map(text => `- ${plain(text)}`).join('\n')

/** Names come from senders: what Markdown would take for markup is escaped, line breaks are spaces. */
const plain = (text: string) => text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_{}[\]<>#|~]/g, '\\$&')
