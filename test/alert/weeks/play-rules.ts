/** Plays a piece of a simulated week through worker, settle and the shipped rules. */

import { replay, spansOf } from '../../../services/alert/replay/replay.ts'
import type { Firing } from '../../../services/alert/replay/replay-group.ts'
import { compileGroup } from '../../../services/alert/rules/compile-rule.ts'
import { shippedGroups } from '../../../services/alert/rules/read-rule-groups.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import type { Play } from '../../bench/answers/family.ts'
import { play } from '../../bench/answers/play.ts'
import { openTestClickHouse, type TestScope } from '../../fakes/clickhouse-server.ts'

/** Rules that wake somebody, or all of them, which takes three times as long. */
function groupsOf(which: 'pages' | 'all') {
  return shippedGroups()
    .map(compileGroup)
    .map(group => ({ ...group, rules: group.rules.filter(({ severity }) => which === 'all' || severity === 'page') }))
    .filter(({ rules }) => rules.length > 0)
}

/** What the shipped rules would have fired. */
export async function firingsOf(t: TestScope, piece: Play, seed: number, which: 'pages' | 'all'): Promise<readonly Firing[]> {
  const { clickhouse } = await openTestClickHouse(t)
  const { fromMs } = await play(piece, seed, { clickhouse })
  const windows = Array.from({ length: piece.minutes }, (_, index) => fromMs + index * MINUTE)
  return (await replay(groupsOf(which), spansOf(windows), { clickhouse })).firings
}

/** Firings that somebody would have been told of, as text for a failed test. */
export function told(firings: readonly Firing[]): string[] {
  return firings
    .filter(({ inhibited_by }) => inhibited_by === null)
    .map(({ severity, rule, summary, fired_ms }) => `${new Date(fired_ms).toISOString()} ${severity} ${rule}: ${summary}`)
}
