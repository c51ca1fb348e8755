import type { Rule, RuleGroup } from './rule.ts'
import type { SloEntry } from './rule-file.ts'

/** Events of a long window below which a burn says nothing (seeing.md of the field: pages from 100, tickets from 50 events). */
const LEAST_VALID = { page: 100, ticket: 50 } as const
const WORDS = {
  availability: 'requests were not answered well',
  ttft: 'first tokens came later than {{ threshold_ms | ms }}',
  tpot: 'answers took more than {{ threshold_ms | ms }} a token',
  duration: 'answers took longer than {{ threshold_ms | ms }}',
} as const

/** The group of the rules that objectives become: of each one that pages and one that is looked at within days. */
export function sloGroup(slos: readonly SloEntry[], name: string): RuleGroup {
  return { name, every: '60s', group_by: ['slo'], rules: slos.flatMap(slo => [sloRule(slo, 'page'), sloRule(slo, 'ticket')]) }
}

function sloRule(slo: SloEntry, severity: 'page' | 'ticket'): Rule {
  const { indicator, objective, by = ['tenant_id', 'route'], where = {}, threshold_ms, period_days, least_bad, least_valid } = slo
  const speed = severity === 'page' ? 'fast' : 'slow'
  const who = by.map(label => `{{ ${label} }}`).join(' on ') || 'everyone'
  const parameters = {
    ...{ slo: slo.name, objective, indicator, severity, by: by.join(', ') },
    ...where,
    ...(threshold_ms !== undefined && { threshold_ms }),
    ...(period_days !== undefined && { period_days }),
    ...(least_bad !== undefined && { least_bad }),
  }
  return {
    name: `${slo.name}-burns-${speed}`,
    summary:
      `${who}: {{ bad_share | percent }} bad in {{ long_ms | ms }}, ${slo.name} (${objective} %) burns ` +
      '{{ burn_rate | number }} times too fast',
    description:
      `{{ bad | count }} of {{ valid | count }}: ${WORDS[indicator]}. The budget of {{ period_days }} d lasts {{ lasts_ms | ms }} more ` +
      `at this rate; this window used {{ budget_used | percent }} of it. In the last {{ short_ms | ms }}: {{ short_burn_rate | number }} ` +
      `times. Do first: weir why --tenant and --route of this alert says which part grew.`,
    reads: { signal: 'slo-burn', parameters },
    above: 1,
    severity,
    least_sample: least_valid ?? LEAST_VALID[severity],
    ...(slo.owner !== undefined && { owner: slo.owner }),
    ...(severity === 'page' && { inhibits: [{ rule: `${slo.name}-burns-slow`, on: Object.fromEntries(by.map(label => [label, label])) }] }),
    runbook: 'slo-burn',
  }
}
