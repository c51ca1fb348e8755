import { type Compared, MEASURES } from './compare-arms.ts'
import type { RolloutFinding } from './rollout-finding.ts'

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
const signed = (share: number, unit: '%' | 'points') => `${share < 0 ? '' : '+'}${(100 * share).toFixed(1)} ${unit}`
const measureOf = (name: Compared['name']) => MEASURES.find(measure => measure.name === name)

/** A value of a measure in its unit. */
function valueText(name: Compared['name'], value: number | null): string {
  if (value === null) return 'nothing'
  if (name === 'errors') return percent(value)
  if (name === 'cost') return value.toPrecision(3)
  return name === 'output' ? value.toFixed(0) : `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`
}

/** A measure in words: what it was on both sides and how far it is left to chance. */
export function comparedWords({ name, estimate, interval, canary, stable }: Compared): string {
  const measure = measureOf(name)
  const unit = measure?.scale === 'share' ? 'points' : '%'
  const between = interval === null ? '' : `, ${signed(interval.low, unit)} to ${signed(interval.high, unit)}`
  return `${measure?.words} ${valueText(name, canary)} against ${valueText(name, stable)} (${signed(estimate ?? 0, unit)}${between})`
}

/** The sentence of an arm. */
export function sentenceOfArm(one: Omit<RolloutFinding, 'sentence' | 'confidence'>): string {
  const where = `${one.route || 'no route'} with ${one.request_model || 'any model'}${one.upstream === '' ? '' : ` at ${one.upstream}`}`
  const arms = `${one.canary} (${percent(one.share)} of requests) against ${one.stable}`
  const told = (state: Compared['state']) => one.measures.filter(measure => measure.state === state).map(comparedWords)
  const differing = [...told('higher'), ...told('lower')].join('; ')
  switch (one.state) {
    case 'worse':
    case 'better':
    case 'mixed':
      return `${where}: ${one.state === 'mixed' ? 'better and worse' : one.state}: ${arms}: ${differing}.`
    case 'no difference':
      return `${where}: no difference that matters between ${one.canary} and ${one.stable} in ${one.canary_requests} requests.`
    case 'no difference yet': {
      const more = one.more_requests === null ? 'many more requests are' : `about ${one.more_requests} more requests are`
      const time = one.more_minutes === null ? '' : `, some ${one.more_minutes} minutes at this share`
      return `${where}: no difference yet between ${one.canary} and ${one.stable}; ${more} needed${time}.`
    }
    case 'too little':
      return `${where}: ${arms}: too little traffic in the same minutes to say.`
  }
}
