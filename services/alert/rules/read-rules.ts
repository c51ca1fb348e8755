import { type Fault, type Path, readCheckedYaml } from '../../platform/checked-yaml.ts'
import { AppError } from '../../platform/errors.ts'
import { nearestName } from '../../platform/nearest.ts'
import { signals } from '../signals/signals.ts'
import { views } from '../signals/views.ts'
import { checkRule } from './check-sources.ts'
import type { Rule, RuleGroup } from './rule.ts'
import { RuleFile, type SloEntry } from './rule-file.ts'
import { sloGroup } from './slo-rules.ts'

/**
 * Reads a file of rules. Throws ALERTING_FILE_INVALID with all faults, one a line: file, line, where, what was expected; misspelt names
 * with the nearest that there is.
 */
export function readRules(text: string, file: string): RuleGroup[] {
  const { groups = [], slos = [] } = readCheckedYaml(text, { file, schema: RuleFile, code: 'ALERTING_FILE_INVALID' }, checkFile)
  return slos.length === 0 ? [...groups] : [...groups, sloGroup(slos, 'slo')]
}

/**
 * Groups of several files as one list; groups of one name are joined. Throws ALERTING_FILE_INVALID where two rules have one name, and where
 * one inhibits a rule that is not of its group.
 */
export function joinGroups(groups: readonly RuleGroup[]): RuleGroup[] {
  const joined = [...Map.groupBy(groups, ({ name }) => name)].map(([, parts]) => {
    const [first] = parts as [RuleGroup]
    return { ...first, rules: parts.flatMap(({ rules }) => rules) }
  })
  const faults: string[] = []
  const seen = new Set<string>()
  for (const { name } of joined.flatMap(({ rules }) => rules)) {
    if (seen.has(name)) faults.push(`two rules are named ${name}: rename one, or leave the shipped one out by shipped_rules`)
    seen.add(name)
  }
  if (faults.length > 0) throw new AppError('ALERTING_FILE_INVALID', faults.join('\n'))
  return joined
}

function checkFile({ groups = [], slos = [] }: RuleFile, fault: Fault): void {
  const names = new Set<string>()
  for (const [at, group] of groups.entries()) {
    const own = new Set(group.rules.map(({ name }) => name))
    checkGroupBy(group, ['groups', at, 'group_by'], fault)
    for (const [index, rule] of group.rules.entries()) {
      const path = ['groups', at, 'rules', index]
      if (names.has(rule.name)) fault([...path, 'name'], `another rule is named ${rule.name}`)
      if (rule.name.startsWith('weir-')) fault([...path, 'name'], 'names that begin with weir- are those of alerting itself')
      names.add(rule.name)
      checkRule(rule, path, fault)
      for (const [position, { rule: other }] of (rule.inhibits ?? []).entries())
        if (!own.has(other)) fault([...path, 'inhibits', position, 'rule'], `${other} is no rule of the group ${group.name}`)
    }
  }
  for (const [index, slo] of slos.entries()) checkSlo(slo, index, names, fault)
}

/** Alerts without a label would all be one message: a label that no rule of the group has is a slip. */
function checkGroupBy({ group_by, rules }: RuleGroup, path: Path, fault: Fault): void {
  const known = [...new Set(rules.flatMap(labelsOf))]
  for (const [index, label] of group_by.entries()) {
    if (known.includes(label)) continue
    const nearest = nearestName(label, known)
    const words = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`
    fault([...path, index], `"${label}" is a label of none of its rules; ${words}`)
  }
}

function labelsOf({ reads, labels = {} }: Rule): readonly string[] {
  const own = 'signal' in reads ? (signals[reads.signal]?.labels ?? []) : reads.by
  return [...own, ...Object.keys(labels), 'severity', 'owner']
}

function checkSlo(slo: SloEntry, index: number, names: Set<string>, fault: Fault): void {
  const path = ['slos', index]
  if (names.has(slo.name)) fault([...path, 'name'], `another rule or objective is named ${slo.name}`)
  names.add(slo.name)
  if (slo.indicator !== 'availability' && slo.threshold_ms === undefined) fault(path, 'threshold_ms is missing: the longest good one, ms')
  const labels = Object.keys(views['latency']?.labels ?? {})
  for (const [position, label] of (slo.by ?? []).entries())
    if (!labels.includes(label)) fault([...path, 'by', position], `"${label}" is no label of latency; known are ${labels.join(', ')}`)
}
