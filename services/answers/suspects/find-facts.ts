/** Who breaks a rule: pure functions of ten-minute slots. */
import { MINUTE } from '../../platform/clock.ts'
import { countTail } from '../statistics/count-tail.ts'
import type { CallerSlot, PlacePast, PlaceSlot, SuspectKind, Suspicion, ThinDay } from './suspect.ts'

const SLOT_MS = 10 * MINUTE
/** Guessing from one network, in ten minutes: so many different keys, or so many failures where keys are not told. */
const LEAST_KEYS = 5
const LEAST_FAILURES = 10
/** Of one who guesses hardly anything is answered. */
const MOST_ANSWERED = 0.05
/** Where others are answered from the same network (an office, a cloud) it takes so many different keys. */
const LEAST_KEYS_AMONG_OTHERS = 10
/** Failures so many are no chance by the network's own past. */
const CHANCE = 1e-6
/** Slots of ten minutes in the seven days before. */
const SLOTS_BEFORE = 7 * 24 * 6
/** Of a network that was never refused before: half a failure a day. */
const PRIOR_FAILURES = 3.5
/** Enumeration, in ten minutes: so many models asked for, of them so many in vain. */
const LEAST_MODELS = 5
const LEAST_REFUSED_MODELS = 3
/** Low and slow, in a day: so many networks refused once or twice. */
const LEAST_PLACES = 20
/** Days before that tell what is usual. */
const LEAST_DAYS = 7
const DAY_MS = 24 * 60 * MINUTE

const none = { tenant_id: '', api_key_id: '', client_ip_prefix: '', usual: null, surprise: null, at_stake: null, currency: '' }
const spanOf = (slots: readonly { at_ms: number }[]) => ({
  fromMs: Math.min(...slots.map(slot => slot.at_ms)),
  toMs: Math.max(...slots.map(slot => slot.at_ms)) + SLOT_MS,
})
const total = <Slot>(slots: readonly Slot[], of: (slot: Slot) => number) => slots.reduce((sum, slot) => sum + of(slot), 0)

/**
 * Networks that guess keys, and those with one wrong key again and again: a client that was set up wrongly, or whose key was changed. Where
 * a gateway tells no keys the two cannot be told apart, which lowers the confidence.
 */
export function findGuessing(slots: readonly PlaceSlot[], past: readonly PlacePast[]): Suspicion[] {
  const before = new Map(past.map(one => [one.client_ip_prefix, one]))
  const out = slots.filter(slot => isGuessing(slot) && tailOf(slot, before.get(slot.client_ip_prefix)) < CHANCE)
  return [...Map.groupBy(out, slot => slot.client_ip_prefix)].map(([client_ip_prefix, of]) => {
    const failures = total(of, slot => slot.failures)
    const keys = Math.max(...of.map(slot => slot.bad_keys))
    const isNameless = total(of, slot => slot.nameless_failures) > failures / 2
    const isOneKey = !isNameless && keys < LEAST_KEYS
    const tenants = [...new Set(of.flatMap(slot => slot.tenants))]
    return {
      ...none,
      ...spanOf(of),
      kind: isOneKey ? 'wrong key' : 'guessing',
      tenant_id: tenants.length === 1 ? (tenants[0] ?? '') : '',
      client_ip_prefix,
      attempts: failures,
      value: isNameless ? failures : keys,
      evidence:
        `${failures} callers refused from ${client_ip_prefix || 'an untold network'}, ` +
        (isNameless ? 'whose keys are not told' : `with up to ${keys} different keys in ten minutes`) +
        (isOneKey ? ': a client with a wrong key rather than one that guesses' : ''),
      confidence: isNameless || of.every(isAmongOthers) ? 'medium' : 'high',
    }
  })
}

function isGuessing(slot: PlaceSlot): boolean {
  const { bad_keys, failures } = slot
  return isAmongOthers(slot) ? bad_keys >= LEAST_KEYS_AMONG_OTHERS : bad_keys >= LEAST_KEYS || failures >= LEAST_FAILURES
}

const isAmongOthers = ({ answered, failures }: PlaceSlot) => answered / (answered + failures) >= MOST_ANSWERED

function tailOf({ failures }: PlaceSlot, past: PlacePast | undefined): number {
  const mean = (PRIOR_FAILURES + (past?.failures ?? 0)) / SLOTS_BEFORE
  const hours = SLOTS_BEFORE / 6
  const perHour = (past?.failures ?? 0) / hours
  const variance = (past?.squares ?? 0) / hours - perHour ** 2
  return countTail(failures, { mean, dispersion: perHour > 0 ? Math.max(1, variance / perHour) : 1 })
}

/** Keys that were withdrawn or have run out and are still used. */
export function findBarredKeys(slots: readonly CallerSlot[]): Suspicion[] {
  return found(
    slots,
    'barred key',
    slot => slot.revoked + slot.expired > 0,
    of => {
      const [revoked, expired] = [total(of, slot => slot.revoked), total(of, slot => slot.expired)]
      const prefixes = Math.max(...of.map(slot => slot.prefixes))
      const words = [revoked > 0 ? `${revoked} times after it was revoked` : '', expired > 0 ? `${expired} times after it expired` : '']
      const evidence = `used ${words.filter(word => word !== '').join(' and ')}, from up to ${prefixes} networks in ten minutes`
      return { attempts: revoked + expired, value: revoked + expired, evidence, confidence: 'high' }
    },
  )
}

/** Keys with which models are tried out. */
export function findEnumeration(slots: readonly CallerSlot[]): Suspicion[] {
  const isOut = (slot: CallerSlot) => slot.models >= LEAST_MODELS && slot.refused_models >= LEAST_REFUSED_MODELS
  return found(slots, 'enumeration', isOut, of => {
    const models = Math.max(...of.map(slot => slot.refused_models))
    const attempts = total(of, slot => slot.refused_model_attempts)
    const evidence = `asked for ${models} models in ten minutes that it may not use or that are not there`
    return { attempts, value: models, evidence, confidence: 'high' }
  })
}

function found(
  slots: readonly CallerSlot[],
  kind: SuspectKind,
  isOut: (slot: CallerSlot) => boolean,
  tell: (of: readonly CallerSlot[]) => Pick<Suspicion, 'attempts' | 'value' | 'evidence' | 'confidence'>,
): Suspicion[] {
  const out = slots.filter(isOut)
  return [...Map.groupBy(out, slot => JSON.stringify([slot.tenant_id, slot.api_key_id])).values()].map(of => {
    const { tenant_id, api_key_id } = of[0] as CallerSlot
    return { ...none, kind, tenant_id, api_key_id, ...spanOf(of), ...tell(of) }
  })
}

/** Days on which very many networks were refused once or twice each, against the days before: guessing below every limit by address. */
export function findLowAndSlow(days: readonly ThinDay[], fromMs: number): Suspicion[] {
  const before = days.filter(day => day.day_s * 1000 + DAY_MS <= fromMs)
  if (before.length < LEAST_DAYS) return []
  const mean = total(before, day => day.places) / before.length
  const variance = total(before, day => (day.places - mean) ** 2) / before.length
  const dispersion = Math.max(1, mean > 0 ? variance / mean : 1)
  return days
    .filter(day => day.day_s * 1000 >= fromMs && day.places >= LEAST_PLACES && countTail(day.places, { mean, dispersion }) < CHANCE)
    .map(day => ({
      ...none,
      kind: 'low and slow',
      ...{ fromMs: day.day_s * 1000, toMs: day.day_s * 1000 + DAY_MS, attempts: day.failures, value: day.places, usual: mean },
      evidence: `${day.places} networks refused once or twice each on a day, where ${mean.toFixed(1)} are usual`,
      confidence: 'medium',
    }))
}
