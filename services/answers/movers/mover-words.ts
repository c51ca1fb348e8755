/** Movers in words. */
import { type Decimal, parseDecimal } from '../../money/decimal.ts'
import { preciseText } from '../../money/statements/money-text.ts'
import { isoTime } from '../settled-until.ts'
import { PARTS, type Part } from './cost-parts.ts'
import type { MoverFinding } from './mover-finding.ts'
import type { PoolPart } from './pool-moves.ts'

/** Parts in short words. */
const NAMES: Readonly<Record<Part | PoolPart, string>> = {
  volume: 'requests',
  answered: 'share answered',
  mix: 'mix of models and upstreams',
  prompt_size: 'prompt size',
  output_size: 'answer size',
  reasoning: 'reasoning',
  units: 'billed units',
  cache: 'caches',
  context: 'context tiers',
  price: 'price',
  currency: 'exchange rates',
  waste: 'wasted attempts',
  estimate: 'estimates',
  pool_busy: 'work',
  pool_idle: 'idle',
  pool_unattributed: 'nobody’s',
}
/** Parts told in a sentence; all are in the figures. */
const MOST_TOLD = 4

/** The parts of a change in words, the largest first. */
export function partsText(parts: MoverFinding['parts'], currency: string): string {
  const told = parts.slice(0, MOST_TOLD).map(({ part, amount }) => `${NAMES[part]} ${signed(parseDecimal(amount), currency)}`)
  const rest = parts.slice(MOST_TOLD).reduce((sum, { amount }) => sum + parseDecimal(amount), 0n)
  return [...told, ...(parts.length > MOST_TOLD ? [`the rest ${signed(rest, currency)}`] : [])].join(', ')
}

/** One finding. */
export function moverSentence(finding: Omit<MoverFinding, 'sentence' | 'confidence'>): string {
  const { route, tenant_id, model, token_kind, pool, currency, cost_before, cost_after, change, parts } = finding
  const places = [
    ...(route === null ? [] : [`route ${route || '(none)'}`]),
    ...(tenant_id === null ? [] : [`tenant ${tenant_id}`]),
    ...(model === null ? [] : [model || '(no model)']),
    ...(token_kind === null ? [] : [token_kind]),
    ...(pool === null ? [] : [`own pool ${pool}`]),
  ]
  const where = places.length === 0 ? 'All' : places.join(', ')
  const [before, after] = [parseDecimal(cost_before), parseDecimal(cost_after)]
  const sums = `${preciseText(before, currency)} → ${preciseText(after, currency)} ${currency}`
  const kind = before === 0n ? ', new' : after === 0n ? ', gone' : ''
  const by = parts.length === 0 ? 'nothing moved' : partsText(parts, currency)
  return `${where}: ${sums} (${signed(parseDecimal(change), currency)}${kind}): ${by}.`
}

/** The whole answer. */
export function moversSentence(findings: readonly MoverFinding[], before: { fromMs: number; toMs: number }): string {
  const against = `${isoTime(before.fromMs)} to ${isoTime(before.toMs)}`
  const wholes = findings.filter(({ route, tenant_id, model, token_kind, pool }) =>
    [route, tenant_id, model, token_kind, pool].every(one => one === null),
  )
  const [pool] = findings.filter(one => one.pool !== null)
  const ofPools = pool === undefined ? '' : ` ${pool.sentence}`
  if (wholes.length === 0) return `Nothing was charged by the request in this period nor from ${against}.${ofPools}`
  const sums = wholes.map(({ currency, cost_before, change, parts }) => {
    const share = percentText(parseDecimal(change), parseDecimal(cost_before))
    const most = parts[0] === undefined ? '' : `, most of it ${NAMES[parts[0].part]} (${signed(parseDecimal(parts[0].amount), currency)})`
    return change === '0' ? `no change in ${currency}` : `${signed(parseDecimal(change), currency)} ${currency}${share}${most}`
  })
  return `Against ${against}: ${sums.join('; ')}.${ofPools}`
}

function percentText(change: Decimal, before: Decimal): string {
  if (before === 0n) return ''
  const tenths = Number((change * 1000n) / before) / 10
  return ` (${tenths > 0 ? '+' : ''}${tenths.toFixed(1).replace('-', '−')} %)`
}

function signed(amount: Decimal, currency: string): string {
  return `${amount > 0n ? '+' : ''}${preciseText(amount, currency)}`
}

/** Names of the parts, for the description of a finding. */
export const partNames = PARTS.join(', ')
