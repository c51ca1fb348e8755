import Type, { type Static } from 'typebox'

/**
 * A window is to be settled again. `cause` is `rows` when the worker wrote rows of that window, `dependency` when settling another window
 * showed that this one must be computed again (a request spans both, or its forecast looks back), `prices` when other prices hold in it
 * now. The last two never cause a further one, and change nothing where rows and prices are those that the window was settled from.
 * `oldest_received_at_ms` is when the event log took the oldest of those rows: freshness is measured from it.
 */
export const WindowTouched = Type.Object({
  window_start_ms: Type.Integer(),
  cause: Type.Union([Type.Literal('rows'), Type.Literal('dependency'), Type.Literal('prices')]),
  rows: Type.Integer({ minimum: 0 }),
  oldest_received_at_ms: Type.Integer(),
})
export type WindowTouched = Static<typeof WindowTouched>

/** A window has a new published version. */
export const WindowSettled = Type.Object({
  window_start_ms: Type.Integer(),
  settle_version: Type.String({ description: 'unsigned 64-bit integer in decimal' }),
  requests: Type.Integer(),
  attempts: Type.Integer(),
})
export type WindowSettled = Static<typeof WindowSettled>
