/** What each meter of a statement line is in the words of FOCUS. */

import { BILLED_UNITS } from '../../../schemas/billed-units.ts'

/** Service, meter and unit of a line. */
export interface FocusMeter {
  /** SkuMeter: what is measured. */
  readonly name: string
  /** ConsumedUnit and PricingUnit, where the line names none; Unit Format of FOCUS. */
  readonly unit: string
  /** ServiceName. Each has one ServiceCategory and ServiceSubcategory. */
  readonly service: 'Model Inference' | 'GPU Pool' | 'Platform'
  /** ChargeFrequency of usage. */
  readonly frequency: 'Usage-Based' | 'Recurring' | 'One-Time'
}

const tokens = (name: string): FocusMeter => ({ name, unit: 'Tokens', service: 'Model Inference', frequency: 'Usage-Based' })
const counted = (name: string): FocusMeter => ({ ...tokens(name), unit: 'Units' })
const gpu = (name: string): FocusMeter => ({ name, unit: 'GPU-Hours', service: 'GPU Pool', frequency: 'Usage-Based' })
const platform = (name: string, unit: string, frequency: FocusMeter['frequency']): FocusMeter => ({
  name,
  unit,
  service: 'Platform',
  frequency,
})

/** What is billed by the unit (schemas/billed-units.ts). */
const billedUnits = Object.entries(BILLED_UNITS).map(([name, { label, plural }]) => [name, { ...tokens(label), unit: plural }] as const)

const meters: Readonly<Record<string, FocusMeter>> = {
  input: tokens('Input Tokens'),
  cached_input: tokens('Cached Input Tokens'),
  cache_write: tokens('Cache Write Tokens'),
  cache_write_1h: tokens('One-Hour Cache Write Tokens'),
  output: tokens('Output Tokens'),
  reasoning: tokens('Reasoning Tokens'),
  audio_input: tokens('Audio Input Tokens'),
  cached_audio_input: tokens('Cached Audio Input Tokens'),
  audio_cache_write: tokens('Audio Cache Write Tokens'),
  audio_output: tokens('Audio Output Tokens'),
  image_input: tokens('Image Input Tokens'),
  image_output: tokens('Image Output Tokens'),
  video_output: tokens('Video Output Tokens'),
  ...Object.fromEntries(billedUnits),
  gpu_busy: gpu('GPU Time In Use'),
  gpu_idle: gpu('GPU Time Not In Use'),
  gpu_unattributed: gpu('GPU Time Without A Known User'),
  shared_cost: platform('Share Of A Common Cost', 'Months', 'Recurring'),
  commitment: platform('Spend Commitment', 'Months', 'Recurring'),
  commitment_unused: platform('Unused Spend Commitment', 'Months', 'Recurring'),
  adjustment: platform('Adjustment', 'Adjustments', 'One-Time'),
  rounding: platform('Rounding', 'Adjustments', 'One-Time'),
}

/** The meter of a line; one that has no name of its own is counted in units. */
export function focusMeter(meter: string): FocusMeter {
  return Object.hasOwn(meters, meter) ? (meters[meter] as FocusMeter) : counted(meter)
}
