import type { Answer, Finding } from '../answer.ts'
import { countInWords } from '../in-words.ts'
import type { Asked } from '../question.ts'
import { isoTime, type SettledUntil } from '../settled-until.ts'

/** A tenant and model in a period. Counts may come as text where they are large. */
export interface GapRow extends Record<GapCount, number | string> {
  readonly tenant_id: string
  readonly request_model: string
}

const COUNTS = [
  'requests',
  'minutes',
  'attempts',
  'unpriced_attempts',
  'unpriced_tokens',
  'missing_usage_attempts',
  'contradictory_usage_attempts',
  'unseen_attempts',
] as const
type GapCount = (typeof COUNTS)[number]

/** A tenant and model whose cost has a hole. */
export interface GapFinding extends Finding, Record<Exclude<GapCount, 'requests' | 'minutes'>, number> {
  readonly tenant_id: string
  readonly request_model: string
  /** Share of the attempts, 0 to 1. */
  readonly share: number
}

/** Lines that could not be read, for one reason. */
export interface RefusedLines {
  readonly code: string
  readonly lines: number | string
  /** What was said of one of them. */
  readonly message: string
}

/** What is missing, in the words of a sentence. */
const WORDS = {
  unpriced_attempts: 'without a price in force',
  missing_usage_attempts: 'without a reported usage',
  contradictory_usage_attempts: 'with a usage that contradicts itself',
  unseen_attempts: 'that the gateway counted but wrote no line of',
} as const

/** Findings at most; the rest is told as a number. */
const MOST_FINDINGS = 100

/** Rows of a period, and the lines of it that could not be read → the answer, largest hole first. A pure function. */
export function explainGaps(
  rows: readonly GapRow[],
  refused: readonly RefusedLines[],
  asked: Pick<Asked, 'fromMs' | 'toMs'>,
  settled: SettledUntil,
): Answer<GapFinding> {
  const counted = rows.map(row => ({ row, counts: countsOf(row) }))
  const findings = counted.filter(({ counts }) => holesOf(counts) > 0).map(({ row, counts }) => findingOf(row, counts))
  findings.sort((a, b) => holesOf(b) - holesOf(a) || (a.tenant_id < b.tenant_id ? -1 : 1))
  const requests = counted.reduce((sum, { counts }) => sum + counts.requests, 0)
  const attempts = counted.reduce((sum, { counts }) => sum + counts.attempts, 0)
  const holes = findings.reduce((sum, finding) => sum + holesOf(finding), 0)
  const isEmpty = settled.untilMs === null
  return {
    question: 'gaps',
    from: isoTime(asked.fromMs),
    to: isoTime(asked.toMs),
    settled_until: isoTime(settled.untilMs),
    sentence: [...refusedWords(refused), isEmpty ? 'Nothing is settled in this period.' : sentenceOf(findings, { attempts, holes })].join(
      ' ',
    ),
    confidence: isEmpty && refused.length === 0 ? 'cannot tell' : 'high',
    findings: findings.slice(0, MOST_FINDINGS),
    sample: { requests, minutes: settled.windows },
    coverage: null,
    missing: isEmpty ? ['settled minutes'] : [],
    is_calm: findings.length === 0 && refused.length === 0,
    would_change:
      refused.length > 0
        ? 'what the refusals say, then weir sources and a resend'
        : findings.length === 0
          ? null
          : 'a price for what has none (weir prices unpriced), and gateways that report usage',
    method: 'gaps',
  }
}

function refusedWords([most, ...others]: readonly RefusedLines[]): string[] {
  if (most === undefined) return []
  const lines = [most, ...others].reduce((sum, one) => sum + Number(one.lines), 0)
  const whole = others.length === 0 ? '' : `, ${countInWords(Number(most.lines))} of them`
  return [`${countInWords(lines)} lines could not be read and count nowhere${whole} for ${most.code}: ${most.message}`]
}

function sentenceOf(findings: readonly GapFinding[], { attempts, holes }: { attempts: number; holes: number }): string {
  if (findings.length === 0) return `All ${attempts} attempts have a price and a usage.`
  const tenants = new Set(findings.map(finding => finding.tenant_id)).size
  const whom = tenants === 1 ? 'one tenant' : `${tenants} tenants`
  const share = `${countInWords(holes)} of ${countInWords(attempts)} attempts`
  return `${share} of ${whom} have no price or no usage to trust: their cost is not the whole cost.`
}

function findingOf({ tenant_id, request_model }: GapRow, { requests: _requests, minutes: _minutes, ...counts }: Counts): GapFinding {
  const parts = Object.entries(WORDS).flatMap(([name, words]) => {
    const count = counts[name as keyof typeof WORDS]
    return count === 0 ? [] : [`${count} ${words}`]
  })
  return {
    sentence: `${tenant_id}, ${request_model || 'no model'}: of ${counts.attempts} attempts ${parts.join(', ')}.`,
    confidence: 'high',
    tenant_id,
    request_model,
    ...counts,
    share: counts.attempts === 0 ? 1 : Math.min(1, holesOf(counts) / counts.attempts),
  }
}

type Counts = Record<GapCount, number>
const countsOf = (row: GapRow) => Object.fromEntries(COUNTS.map(name => [name, Number(row[name])])) as Counts

/** An attempt that lacks both is counted once: a missing usage has no tokens to price. */
function holesOf(counts: Pick<Counts, keyof typeof WORDS>): number {
  const seen = Math.max(counts.unpriced_attempts, counts.missing_usage_attempts + counts.contradictory_usage_attempts)
  return seen + counts.unseen_attempts
}
