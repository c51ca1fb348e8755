import { createHash, randomBytes } from 'node:crypto'
import { HOUR, type Now } from '../../platform/clock.ts'

/** How long a session of the console lasts. */
export const SESSION_MS = 12 * HOUR
/** Sessions at most; the oldest end for new ones. */
const MOST_SESSIONS = 10_000

/** Who is signed in. Kept in memory: a restart ends all sessions, and nothing on disk could be stolen. */
export interface Sessions {
  /** Begins one for whoever holds the token; gives its id, which is worth as much as the token until it ends. */
  begin(bearer: string): string
  /** The token behind an id; undefined: there is no such session, or it is over. Whether the token still counts, its file says. */
  bearerOf(id: string | undefined): string | undefined
  end(id: string | undefined): void
}

/** Builds the sessions, of which there are none. */
export function buildSessions({ now }: { now: Now }): Sessions {
  // By hash, so that no comparison tells how much of a guess was right.
  const sessions = new Map<string, { bearer: string; untilMs: number }>()
  const keyOf = (id: string) => createHash('sha256').update(id).digest('hex')
  return {
    begin(bearer) {
      for (const [key, { untilMs }] of sessions) if (untilMs <= now() || sessions.size >= MOST_SESSIONS) sessions.delete(key)
      const id = randomBytes(32).toString('base64url')
      sessions.set(keyOf(id), { bearer, untilMs: now() + SESSION_MS })
      return id
    },
    bearerOf(id) {
      const found = id === undefined ? undefined : sessions.get(keyOf(id))
      return found !== undefined && found.untilMs > now() ? found.bearer : undefined
    },
    end(id) {
      if (id !== undefined) sessions.delete(keyOf(id))
    },
  }
}
