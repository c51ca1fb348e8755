/** The rule that watches the rules: when what they read cannot be read, silence is not calm. */
import { MINUTE } from '../../platform/clock.ts'
import type { Readings } from '../reading.ts'
import { type CompiledGroup, type CompiledRule, compileGroup } from './compile-rule.ts'
import type { Rule } from './rule.ts'

/** The rule's name; no file may use it. */
export const BLIND_RULE = 'weir-alerting-blind'
/** How long a rule may go unread before that is an alert itself, minutes. Ours. */
const BLIND_AFTER_MINUTES = 5

const declared: Rule = {
  name: BLIND_RULE,
  summary: 'alerting is blind: {{ rules | count }} rules of {{ rule_group }} unread for {{ value | minutes }}',
  description:
    'What these rules watch cannot be read: {{ names }}. Nobody is paged for it meanwhile. Look at the log of alert and whether ' +
    'ClickHouse answers (weir doctor).',
  reads: { signal: 'blind' },
  above: BLIND_AFTER_MINUTES,
  severity: 'page',
}

/** The rule compiled for a group, with what it reads: `readMs` are the times (ms) at which the rules were read last. */
export function blindRule(
  group: CompiledGroup,
  { readMs, startedMs, nowMs }: { readMs: ReadonlyMap<string, number>; startedMs: number; nowMs: number },
): { rule: CompiledRule; readings: Readings } {
  // Some rules are read once in a while: what is not due yet is not missing.
  const ages = group.rules.map(({ name, everyMs }) => {
    const dueMs = (readMs.get(name) ?? startedMs) + Math.max(group.everyMs, everyMs)
    return { name, minutes: (nowMs - dueMs) / MINUTE }
  })
  const blind = ages.filter(({ minutes }) => minutes > BLIND_AFTER_MINUTES).sort((one, other) => other.minutes - one.minutes)
  const names = blind.slice(0, 5).map(({ name }) => name)
  const rest = blind.length - names.length
  const reading = {
    labels: { rule_group: group.name },
    value: Math.max(0, ...ages.map(({ minutes }) => minutes)),
    sample: group.rules.length,
    facts: { rules: blind.length, names: rest > 0 ? `${names.join(', ')} +${rest} more` : names.join(', ') },
  }
  const [rule] = compileGroup({ name: group.name, group_by: [], rules: [declared] }).rules
  return { rule: rule as CompiledRule, readings: { settledUntilMs: nowMs, isComplete: true, readings: [reading] } }
}
