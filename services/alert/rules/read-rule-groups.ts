import { globSync, readdirSync, readFileSync } from 'node:fs'
import { AppError, messageOf } from '../../platform/errors.ts'
import type { AlertingConfig } from '../config/alerting-config.ts'
import { type CompiledGroup, compileGroup } from './compile-rule.ts'
import { joinGroups, readRules } from './read-rules.ts'
import type { RuleGroup } from './rule.ts'

const shippedFolder = new URL('shipped/', import.meta.url)

/** The rules that Weir ships, by group. */
export function shippedGroups(): RuleGroup[] {
  const files = readdirSync(shippedFolder)
    .filter(name => name.endsWith('.yaml'))
    .sort()
  return joinGroups(files.flatMap(name => readRules(readFileSync(new URL(name, shippedFolder), 'utf8'), name)))
}

/**
 * The groups that a configuration asks for: shipped ones as `shipped_rules` says, and those of its files. Throws ALERTING_FILE_INVALID
 * with all faults of all files: one that cannot be read, a pattern that matches none, a rule that is wrong.
 */
export function declaredGroups(config: Pick<AlertingConfig, 'rules' | 'shipped_rules'>): RuleGroup[] {
  const faults: string[] = []
  const groups = chosenOf(config.shipped_rules, faults)
  for (const pattern of config.rules) {
    const files = globSync(pattern).sort()
    if (files.length === 0) faults.push(`${pattern}: no such file of rules`)
    for (const file of files) groups.push(...groupsOf(file, faults))
  }
  if (faults.length > 0) throw new AppError('ALERTING_FILE_INVALID', faults.join('\n'))
  return joinGroups(groups)
}

/** The same groups compiled, without those that have no rule to evaluate. Throws as `declaredGroups` does. */
export function readRuleGroups(config: Pick<AlertingConfig, 'rules' | 'shipped_rules'>): CompiledGroup[] {
  return declaredGroups(config)
    .map(compileGroup)
    .filter(({ rules }) => rules.length > 0)
}

function groupsOf(file: string, faults: string[]): RuleGroup[] {
  try {
    return readRules(readFileSync(file, 'utf8'), file)
  } catch (error) {
    faults.push(error instanceof AppError ? error.message : `${file}: ${messageOf(error)}`)
    return []
  }
}

function chosenOf(wanted: boolean | readonly string[], faults: string[]): RuleGroup[] {
  if (wanted === false) return []
  const all = shippedGroups()
  if (wanted === true) return all
  const names = new Set(all.flatMap(({ name, rules }) => [name, ...rules.map(rule => rule.name)]))
  for (const name of wanted) if (!names.has(name)) faults.push(`shipped_rules: ${name} is neither a shipped rule nor a group of them`)
  return all
    .map(group => ({ ...group, rules: group.rules.filter(({ name }) => wanted.includes(group.name) || wanted.includes(name)) }))
    .filter(({ rules }) => rules.length > 0)
    .map(group => ({ ...group, rules: group.rules.map(rule => ({ ...rule, inhibits: ofGroup(rule.inhibits, group.rules) })) }))
}

/** What a rule that is left out was to be inhibited by matters no more. */
function ofGroup(inhibits: RuleGroup['rules'][number]['inhibits'] = [], rules: RuleGroup['rules']) {
  return inhibits.filter(({ rule }) => rules.some(({ name }) => name === rule))
}
