import { add, type Decimal, formatDecimal } from '../../money/decimal.ts'
import { preciseText } from '../../money/statements/money-text.ts'
import type { Answer, Confidence, Finding } from '../answer.ts'
import type { Asked } from '../question.ts'
import { isoTime, type SettledUntil } from '../settled-until.ts'
import type { Repriced } from './reprice.ts'
import type { ResizedPool } from './resize-pool.ts'

/** What a tenant's model, a pool, or all of it would have cost. Amounts are decimal texts in `currency`; null: of all of them. */
export interface WhatifFinding extends Finding {
  readonly tenant_id: string | null
  readonly model: string | null
  readonly pool: string | null
  readonly currency: string
  readonly cost_before: string
  readonly cost_after: string
  readonly change: string
  readonly unpriced_quantity: string
  readonly gpus_before: number | null
  readonly gpus_after: number | null
  readonly busy_ratio: number | null
}

/** What is known. `fault`: why nothing can be said. */
export interface WhatifKnown {
  readonly repriced: readonly Repriced[]
  readonly pool: ResizedPool | undefined
  readonly fault: string | undefined
  /** Other models count and write other tokens, so that theirs are no more than an estimate. */
  readonly isOtherModel: boolean
  readonly settled: SettledUntil
  /** Requests that were chosen. */
  readonly requests: number
}

const MOST_FINDINGS = 50
/** Share of the time at which a pool's queues begin to grow: vLLM's autoscalers scale up at 0.85 (docs/answers.md, saturation). */
const BUSY = 0.85

/** What it would have cost → the answer. A pure function. */
export function explainWhatif(known: WhatifKnown, asked: Pick<Asked, 'fromMs' | 'toMs'>): Answer<WhatifFinding> {
  const { settled, pool, repriced } = known
  const fault = settled.untilMs === null ? 'settled minutes' : known.fault
  const isUnpriced = repriced.some(({ unpriced }) => unpriced > 0n)
  const confidence: Confidence = fault !== undefined ? 'cannot tell' : isUnpriced ? 'low' : known.isOtherModel || pool ? 'medium' : 'high'
  const findings = fault === undefined ? [...poolFindings(pool, confidence), ...chargeFindings(repriced, confidence)] : []
  const wholes = findings.filter(({ tenant_id, model }) => tenant_id === null && model === null)
  return {
    question: 'whatif',
    from: isoTime(asked.fromMs),
    to: isoTime(asked.toMs),
    settled_until: isoTime(settled.untilMs),
    sentence: fault === undefined ? wholes.map(({ sentence }) => sentence).join(' ') : `Nothing can be said without ${fault}.`,
    confidence,
    findings,
    sample: { requests: known.requests, minutes: settled.windows },
    coverage: null,
    missing: [
      ...(fault === undefined ? [] : [fault]),
      ...(isUnpriced && fault === undefined
        ? ['a price of some of what was used, at the model that would answer: it is in no amount']
        : []),
    ],
    // Asked for by itself, never told unasked.
    is_calm: true,
    would_change: known.isOtherModel ? 'how many tokens the other model takes for the same prompts, and writes for the same answers' : null,
    method: 'whatif',
  }
}

function poolFindings(resized: ResizedPool | undefined, confidence: Confidence): WhatifFinding[] {
  if (resized === undefined) return []
  const { pool, currency, cost_before, cost_after, gpus_before, gpus_after, busy_ratio } = resized
  const figures = { ...amounts(cost_before, cost_after), currency, unpriced_quantity: '0', gpus_before, gpus_after, busy_ratio }
  const isFull = busy_ratio !== null && busy_ratio > BUSY
  const busy =
    busy_ratio === null
      ? 'how busy it would be was not measured'
      : `the same work would take ${(busy_ratio * 100).toFixed(0)} % of its time${isFull ? ': requests would queue' : ''}`
  const sentence =
    `Pool ${pool} with ${gpus_after} instead of ${gpus_before.toFixed(1)} GPUs: ` +
    `${changeText(cost_before, cost_after, currency)}; ${busy}. ` +
    'Ask weir first whether it would saturate.'
  return [{ sentence, confidence, tenant_id: null, model: null, pool, ...figures }]
}

function chargeFindings(repriced: readonly Repriced[], confidence: Confidence): WhatifFinding[] {
  const currencies = Map.groupBy(repriced, ({ charge }) => charge.currency)
  return [...currencies].flatMap(([currency, all]) => {
    const groups = Map.groupBy(all, ({ charge }) => JSON.stringify([charge.tenant_id, charge.response_model || charge.request_model]))
    const parts = [...groups.values()].map(of => findingOf(of, currency, confidence, of[0]?.charge))
    parts.sort((a, b) => Math.abs(Number(b.change)) - Math.abs(Number(a.change)))
    return [findingOf(all, currency, confidence, undefined), ...(parts.length > 1 ? parts.slice(0, MOST_FINDINGS) : [])]
  })
}

function findingOf(of: readonly Repriced[], currency: string, confidence: Confidence, key: Repriced['charge'] | undefined): WhatifFinding {
  const before = add(...of.map(({ charge }) => charge.effective_cost))
  const after = add(...of.map(({ cost }) => cost))
  const unpriced = add(...of.map(one => one.unpriced))
  const tenant_id = key?.tenant_id ?? null
  const model = key === undefined ? null : key.response_model || key.request_model
  const where = key === undefined ? 'What was chosen' : `${tenant_id}, ${model || '(no model)'}`
  const extra = unpriced === 0n ? '' : `; ${formatDecimal(unpriced)} units would have no price`
  return {
    sentence: `${where}: ${changeText(before, after, currency)}${extra}.`,
    confidence,
    ...{ tenant_id, model, pool: null, currency, ...amounts(before, after), unpriced_quantity: formatDecimal(unpriced) },
    ...{ gpus_before: null, gpus_after: null, busy_ratio: null },
  }
}

function amounts(before: Decimal, after: Decimal): Pick<WhatifFinding, 'cost_before' | 'cost_after' | 'change'> {
  return { cost_before: formatDecimal(before), cost_after: formatDecimal(after), change: formatDecimal(after - before) }
}

function changeText(before: Decimal, after: Decimal, currency: string): string {
  const change = after - before
  const share =
    before === 0n ? '' : ` (${change > 0n ? '+' : ''}${(Number((change * 1000n) / before) / 10).toFixed(1).replace('-', '−')} %)`
  return `${preciseText(after, currency)} ${currency} instead of ${preciseText(before, currency)}${share}`
}
