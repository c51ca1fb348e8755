/** The part of docs/alerting.md about rules: what they read and how they are written. */

import { durationText } from '../../services/alert/config/durations.ts'
import { FILTER_NAMES } from '../../services/alert/rules/fill-template.ts'
import { shippedGroups } from '../../services/alert/rules/read-rule-groups.ts'
import type { Rule } from '../../services/alert/rules/rule.ts'
import { RuleFile } from '../../services/alert/rules/rule-file.ts'
import { signals } from '../../services/alert/signals/signals.ts'
import { burnFactor, burnPairs } from '../../services/alert/signals/slo/burn-pairs.ts'
import { views } from '../../services/alert/signals/views.ts'
import { questions } from '../../services/answers/questions.ts'
import { table } from './markdown.ts'

/** A file that the page shows; tests read it. */
export const EXAMPLE_RULES = `groups:
  - name: mine
    group_by: [route]
    rules:
      - name: chat-slow
        summary: '{{ route }}: first token after {{ value | ms }} for {{ for_ms | ms }}, tenants {{ tenants }}'
        description: 'Do first: weir why --route {{ route }}'
        reads: { view: latency, measure: ttft_p95_ms, over: 5m, by: [route], where: { route: chat } }
        above: 2000
        recovers_at: 1500
        for: 5m
        severity: page
        least_sample: 50
slos:
  - { name: chat, objective: 99.9, indicator: availability, by: [tenant_id], where: { route: chat } }
`

/** The JSON Schema of files of rules. */
export function ruleFileSchema(): string {
  const head = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Rules of Weir' }
  return `${JSON.stringify({ ...head, ...JSON.parse(JSON.stringify(RuleFile)) }, null, 2)}\n`
}

/** The sections. */
export function ruleSections(): string[] {
  return [
    '## Rules',
    `Rules stand in files that \`rules\` of the alerting file names; \`shipped_rules: false\`, or a list of names, leaves out those that
come with Weir. [rules.schema.json](rules.schema.json) is their JSON Schema. A file is refused as a whole, with all of its faults, their
lines and the nearest names.`,
    ['```yaml', EXAMPLE_RULES.trimEnd(), '```'].join('\n'),
    `A rule reads a view (figures of settled minutes), an answer (findings of a question, [answers.md](answers.md)) or a signal, always
up to where settling has come, never up to the clock. A reading over fewer than \`least_sample\` says nothing; \`least_value\` is the least
absolute size of what is counted. What is not there any more is fine only where it would be seen: late or missing data keeps an alert as it
is (\`when_unknown\`). \`also\` adds figures of a second view to the words, \`every\` keeps a costly question from being asked often. A text
goes on in the next line until a line ends a sentence. Templates name labels and facts, \`{{ name | filter }}\`, with the filters
${FILTER_NAMES.map(name => `\`${name}\``).join(', ')}.`,
    `\`weir report FILE… --alerts shipped\` (or files of rules, \`--rule NAME\`) replays logs through rules: what would have fired, when,
for how long, how often. Signals that go by the clock are left out.`,
    '### Views',
    table(
      ['view', 'labels', 'measures'],
      Object.entries(views).map(([name, { description, labels, measures }]) => [
        `\`${name}\`: ${description}`,
        Object.keys(labels).join(', '),
        Object.keys(measures).join(', '),
      ]),
    ),
    '### Answers',
    table(
      ['answer', 'fields of a finding'],
      questions.map(({ name, summary, finding }) => [`\`${name}\`: ${summary}`, Object.keys(finding.properties).join(', ')]),
    ),
    '### Signals',
    table(
      ['signal', 'unit', 'labels', 'parameters'],
      Object.entries(signals).map(([name, { description, unit, labels, parameters }]) => [
        `\`${name}\`: ${description}`,
        unit,
        labels.join(', '),
        Object.entries(parameters)
          .map(([key, one]) => `${key}: ${one.description}`)
          .join('; '),
      ]),
    ),
    '### Objectives',
    `An objective (\`slos\`) becomes two rules, \`NAME-burns-fast\` (page) and \`NAME-burns-slow\` (ticket). A pair fires where both of its
windows burn the error budget faster than its factor (The Site Reliability Workbook, chapter 5; the numbers are those of Sloth). Faults of
clients themselves, and being refused by the gateway, are no part of availability. A budget of money burns by the same pairs against
the even pace of its period. A service that is younger than a window is judged by what there is of it.`,
    table(
      ['severity', 'long window', 'short window', 'budget gone', 'factor, 30 d', 'factor, 28 d'],
      burnPairs.map(pair => [
        pair.severity,
        durationText(pair.longMs),
        durationText(pair.shortMs),
        `${pair.budgetPercent} %`,
        ...[30, 28].map(days => String(Math.round(burnFactor(pair, days) * 1_000) / 1_000)),
      ]),
    ),
    '### Rules that come with Weir',
    table(
      ['rule', 'fires', 'severity', 'for whom', 'runbook'],
      shippedGroups().flatMap(({ name: group, rules }) => rules.map(rule => ruleRow(group, rule))),
    ),
  ]
}

function ruleRow(group: string, rule: Rule): string[] {
  const { name, reads, above, below, severity, owner = 'platform', runbook = '', least_sample } = rule
  const what =
    'view' in reads
      ? `${reads.measure}${reads.per ? ` / ${reads.per}` : ''} over ${reads.over}`
      : 'answer' in reads
        ? `${reads.answer}: ${reads.value}`
        : reads.signal
  const when = above === undefined ? `below ${below}` : `above ${above}`
  const held = rule.for === undefined ? '' : `, for ${rule.for}`
  const least = least_sample === undefined ? '' : `, of at least ${least_sample}`
  return [`\`${name}\` (${group})`, `${what} ${when}${held}${least}`, severity, owner, `[${runbook}](runbooks/${runbook}.md)`]
}
