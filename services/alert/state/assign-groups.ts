import { createHash } from 'node:crypto'
import type { Labels } from '../reading.ts'
import type { AlertState } from './alert-state.ts'
import type { GroupState } from './group-state.ts'

/** Groups of one route that may begin on their own; more at once are a storm and become one message. Ours. */
export const MOST_NEW_GROUPS = 20

/** A group with its alerts. */
export interface Assigned {
  readonly key: string
  readonly labels: Labels
  readonly alerts: readonly AlertState[]
}

/**
 * Puts alerts of one route of one rule group into groups by the values of `groupBy`. An alert stays in the group that was told of it; when
 * more than MOST_NEW_GROUPS groups would begin at once, their alerts go into one without labels, so that a storm is one message.
 */
export function assignGroups(
  alerts: readonly AlertState[],
  place: { group: string; route: string; groupBy: readonly string[] },
  groups: ReadonlyMap<string, GroupState>,
): Assigned[] {
  const stormKey = keyOf(place, {})
  const inStorm = groups.get(stormKey)?.known ?? {}
  const own = alerts.map(alert => {
    const labels = Object.fromEntries(place.groupBy.map(name => [name, alert.labels[name] ?? '']))
    return { alert, labels, key: alert.fingerprint in inStorm ? stormKey : keyOf(place, labels) }
  })
  const begins = new Set(own.filter(({ key, alert }) => alert.state !== 'resolved' && !groups.has(key)).map(({ key }) => key))
  // One that waits for its first message belongs to the storm too.
  const waiting = own.filter(({ key }) => groups.get(key)?.sent_ms === null).map(({ key }) => key)
  const fresh = new Set([...begins, ...waiting])
  fresh.delete(stormKey)
  const isStorm = fresh.size > MOST_NEW_GROUPS || (groups.get(stormKey)?.sent_ms === null && place.groupBy.length > 0)
  const placed = own.map(one => (isStorm && fresh.has(one.key) ? { ...one, key: stormKey } : one))
  return [...Map.groupBy(placed, ({ key }) => key)].map(([key, members]) => ({
    key,
    labels: key === stormKey ? {} : (members[0]?.labels ?? {}),
    alerts: members.map(({ alert }) => alert),
  }))
}

/** Stable name of a group: 24 hexadecimal digits, which every receiver takes as a key to merge by. */
function keyOf({ group, route }: { group: string; route: string }, labels: Labels): string {
  const parts = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([group, route, parts]))
    .digest('hex')
    .slice(0, 24)
}
