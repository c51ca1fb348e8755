/** Clients that send again what failed: the same prompt by the same key, as a request of its own. */
import type { TenantConfig } from './platform-model.ts'
import { RandomStream } from './random.ts'
import { newIds, type RequestDraw } from './tenant-arrivals.ts'
import type { RequestTruth } from './truth.ts'

/** What a client sends after a request that ended, and how long after its end. */
export interface Resend {
  draw: RequestDraw
  afterMs: number
}

/** What clients do when a request has ended; undefined: nothing. Draws values for tenants with the habit alone. */
export function buildResends(
  tenants: readonly TenantConfig[],
  seed: number,
): (request: RequestTruth, draw: RequestDraw) => Resend | undefined {
  const habits = new Map(
    tenants.flatMap(({ tenant_id, resends }) =>
      resends === undefined ? [] : [[tenant_id, { ...resends, random: new RandomStream(seed, `tenant/${tenant_id}/resends`) }] as const],
    ),
  )
  return (request, draw) => {
    const habit = habits.get(request.tenant_id)
    const hasFailed = request.outcome === 'error' || request.status_code === 429
    if (habit === undefined || !hasFailed || draw.resend_no >= habit.most) return undefined
    return {
      draw: { ...draw, ...newIds(habit.random), resend_of: draw.resend_of || request.request_id, resend_no: draw.resend_no + 1 },
      afterMs: habit.after_ms * (0.5 + habit.random.unit()),
    }
  }
}
