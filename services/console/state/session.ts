import { useEffect, useState } from 'preact/hooks'
import { ApiFault, fetchJson, sendJson } from './fetch-json.ts'
import type { Reader } from './may-read.ts'

interface SessionAnswer {
  readonly reader: Reader | null
  readonly now: string
}

/** Who reads: undefined until it is known. */
export interface SessionState {
  readonly reader: Reader | null | undefined
  readonly nowMs: () => number
  readonly fault: string | undefined
  signIn(token: string): Promise<string | undefined>
  signOut(): Promise<void>
}

/** The session of this browser. Times count from the server's clock. */
export function useSession(): SessionState {
  const [state, setState] = useState<{ reader?: Reader | null; aheadMs: number; fault?: string }>({ aheadMs: 0 })
  const take = ({ reader, now }: SessionAnswer) => setState({ reader, aheadMs: Date.parse(now) - Date.now() })
  useEffect(() => {
    fetchJson<SessionAnswer>('/v1/session').then(take, (fault: ApiFault) => setState({ aheadMs: 0, fault: fault.message }))
  }, [])
  return {
    reader: state.reader,
    nowMs: () => Date.now() + state.aheadMs,
    fault: state.fault,
    async signIn(token) {
      try {
        take(await sendJson<SessionAnswer>('POST', '/v1/session', { token }))
        return undefined
      } catch (fault) {
        return fault instanceof ApiFault ? fault.message : String(fault)
      }
    },
    async signOut() {
      take(await sendJson<SessionAnswer>('DELETE', '/v1/session'))
    },
  }
}
