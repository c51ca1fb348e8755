import { createHash } from 'node:crypto'
import { MINUTE, SECOND } from '../../platform/clock.ts'
import { durationMs } from '../config/durations.ts'
import type { Facts, Labels, Reading } from '../reading.ts'
import type { Severity } from '../severity.ts'
import { fillTemplate } from './fill-template.ts'
import type { Rule, RuleGroup, RuleSource } from './rule.ts'

/** When a rule holds and how long it has to. Times in ms of settled time. */
export interface RuleTiming {
  readonly above: number | undefined
  readonly below: number | undefined
  readonly recoversAt: number | undefined
  readonly forMs: number
  readonly keepFiringForMs: number
  readonly leastSample: number
  readonly leastValue: number
  readonly whenUnknown: 'keep' | 'no_data' | 'resolve'
}

/** A rule ready to be evaluated. `labels` are its own, beside those of what it watches; owner and severity are among them. */
export interface CompiledRule {
  readonly name: string
  /** Its place in its group: causes are declared before what follows from them. */
  readonly rank: number
  readonly reads: RuleSource
  /** Least time between two readings, ms; 0: at every look at its group. */
  readonly everyMs: number
  readonly timing: RuleTiming
  readonly severity: Severity
  readonly labels: Labels
  readonly inhibits: readonly { readonly rule: string; readonly on: Labels }[]
  readonly runbook: string | null
  /** Line and text of an alert. `facts` are those of the reading and what the alert's state adds (for_ms, since …). */
  words(labels: Labels, facts: Facts, sentence: string | undefined): { summary: string; description: string }
}

/** A group ready to be evaluated. */
export interface CompiledGroup {
  readonly name: string
  readonly everyMs: number
  readonly groupBy: readonly string[]
  readonly rules: readonly CompiledRule[]
}

const EVERY_MS = 15 * SECOND

/** Compiles a group that fits its schema; rules that are not enabled are left out. */
export function compileGroup(group: RuleGroup): CompiledGroup {
  return {
    name: group.name,
    everyMs: lengthOf(group.every, EVERY_MS),
    groupBy: group.group_by,
    rules: group.rules.filter(({ enabled = true }) => enabled).map((rule, rank) => compileRule(rule, rank)),
  }
}

function compileRule(rule: Rule, rank: number): CompiledRule {
  const { name, reads, severity, above, below, owner = 'platform', runbook = null } = rule
  return {
    name,
    rank,
    reads,
    everyMs: lengthOf(rule.every, 0),
    severity,
    labels: { ...rule.labels, owner, severity },
    inhibits: rule.inhibits ?? [],
    runbook,
    timing: {
      above,
      below,
      recoversAt: rule.recovers_at,
      forMs: lengthOf(rule.for, 0),
      keepFiringForMs: lengthOf(rule.keep_firing_for, 2 * MINUTE),
      leastSample: rule.least_sample ?? 0,
      leastValue: rule.least_value ?? Number.NEGATIVE_INFINITY,
      whenUnknown: rule.when_unknown ?? 'keep',
    },
    words: (labels, facts, sentence) => {
      const description = unwrapped(rule.description)
      const values = { ...facts, ...labels, sentence: sentence ?? null }
      return { summary: fillTemplate(rule.summary, values), description: fillTemplate(description, values) }
    },
  }
}

/** Text without the line breaks that only keep a file narrow: a line that ends no sentence goes on. */
export function unwrapped(text: string): string {
  return text.trimEnd().replace(/(?<![.:!?])\n(?=\S)/g, ' ')
}

function lengthOf(text: string | undefined, fallback: number): number {
  return text === undefined ? fallback : durationMs(text)
}

/** Stable name of the alert of a rule about a thing: 16 hexadecimal digits. Severity and owner may change without making it another. */
export function fingerprintOf(rule: string, { labels }: Pick<Reading, 'labels'>): string {
  const parts = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([rule, parts]))
    .digest('hex')
    .slice(0, 16)
}
