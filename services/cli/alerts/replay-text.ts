import { durationText } from '../../alert/config/durations.ts'
import type { Replay } from '../../alert/replay/replay.ts'
import type { Firing } from '../../alert/replay/replay-group.ts'
import type { CompiledGroup } from '../../alert/rules/compile-rule.ts'
import { readRuleGroups } from '../../alert/rules/read-rule-groups.ts'
import { isoTime } from '../../answers/settled-until.ts'
import { nearestName } from '../../platform/nearest.ts'
import { ArgumentError } from '../command.ts'

/** Word that stands for the rules that Weir ships. */
const SHIPPED = 'shipped'
/** Firings that are written out; the rest is counted. */
const MOST_WRITTEN = 100

/**
 * The rules of files (or `shipped`), those of `names` alone where there are some. ArgumentError for a name that no rule has; throws as
 * readRuleGroups does.
 */
export function rulesOf(files: readonly string[], names: readonly string[]): CompiledGroup[] {
  const groups = readRuleGroups({ rules: files.filter(file => file !== SHIPPED), shipped_rules: files.includes(SHIPPED) })
  if (names.length === 0) return groups
  const known = groups.flatMap(({ rules }) => rules.map(({ name }) => name))
  for (const name of names) {
    const nearest = nearestName(name, known)
    if (!known.includes(name))
      throw new ArgumentError(`no rule is named ${name}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`)
  }
  return groups
    .map(group => ({ ...group, rules: group.rules.filter(({ name }) => names.includes(name)) }))
    .filter(({ rules }) => rules.length > 0)
}

/** What would have fired, as text: each firing with when, how long and its line, then how often by rule. undefined: nothing was read. */
export function replayText(replay: Replay | undefined): string {
  if (replay === undefined) return 'No attempt was found in the input: there is nothing to replay.'
  const { firings, period, played, left_out } = replay
  const told = firings.filter(({ inhibited_by }) => inhibited_by === null)
  const lines = [
    `${played.length} rules from ${isoTime(period.fromMs)} to ${isoTime(period.toMs)}: ${firings.length} alerts would have fired, ` +
      `${told.filter(({ severity }) => severity === 'page').length} of them pages; ${firings.length - told.length} explained by others.`,
    ...(left_out.length > 0 ? [`Not replayed, for they go by the clock: ${left_out.join(', ')}.`] : []),
    '',
    ...firings.slice(0, MOST_WRITTEN).flatMap(firing => firingLines(firing, period.toMs)),
    ...(firings.length > MOST_WRITTEN ? [`… and ${firings.length - MOST_WRITTEN} more`] : []),
  ]
  const counts = [...Map.groupBy(firings, ({ rule }) => rule)].sort((one, other) => other[1].length - one[1].length)
  const sums = counts.map(([rule, own]) => {
    const lengthMs = own.reduce((sum, firing) => sum + (firing.until_ms ?? period.toMs) - firing.fired_ms, 0)
    return `${String(own.length).padStart(5)} × ${rule}, ${durationText(lengthMs)} in all`
  })
  return [...lines, ...(sums.length > 0 ? ['', 'How often', ...sums] : [])].join('\n').trimEnd()
}

function firingLines({ fired_ms, until_ms, severity, rule, summary, inhibited_by }: Firing, endMs: number): string[] {
  const length = `for ${durationText((until_ms ?? endMs) - fired_ms)}${until_ms === null ? ' and on' : ''}`
  const why = inhibited_by === null ? '' : ` (not told: ${inhibited_by} explains it)`
  return [`${isoTime(fired_ms)}  ${severity.padEnd(6)}  ${rule}, ${length}${why}`, `    ${summary}`]
}
