import { createContext } from 'preact'
import { useContext, useEffect, useRef, useState } from 'preact/hooks'
import { ApiFault, fetchJson } from './fetch-json.ts'
import { mayRead, type Reader } from './may-read.ts'
import type { Place } from './place.ts'

/** What every part of a page may need to know. */
export interface ConsoleState {
  readonly place: Place
  readonly reader: Reader
  /** The server's time now, ms: machines of readers are often wrong. */
  readonly nowMs: () => number
  /** Up to when figures are settled, ms; null: nothing is; undefined: not known yet. */
  readonly settledMs: number | null | undefined
  /** Grows when there is something new to ask for. */
  readonly round: number
  readonly isDark: boolean
}

export const ConsoleContext = createContext<ConsoleState | undefined>(undefined)

/** The state of the console. Throws outside of it. */
export function useConsole(): ConsoleState {
  const state = useContext(ConsoleContext)
  if (state === undefined) throw new Error('outside of the console')
  return state
}

/** What was asked for: the newest answer stays while a newer one is fetched. */
export interface Asked<T> {
  readonly data: T | undefined
  readonly fault: ApiFault | undefined
  readonly isLoading: boolean
}

const notYours = new ApiFault(403, 'API_FORBIDDEN', 'Your token does not read this.')

/** Asks the API for a path, again when the path changes and when further minutes are settled. */
export function useAsked<T>(path: string): Asked<T> & { again: () => void } {
  const { round, reader } = useConsole()
  const [state, setState] = useState<Asked<T> & { path?: string | undefined }>({ data: undefined, fault: undefined, isLoading: true })
  const [tries, setTries] = useState(0)
  const subject = useRef('')
  useEffect(() => {
    if (!mayRead(reader, path)) {
      setState({ data: undefined, fault: notYours, isLoading: false })
      return
    }
    const stop = new AbortController()
    // An older answer to another question would be read as one to this.
    const about = path.replace(/(?:from|to)=[^&]*&?/g, '')
    const isOther = subject.current !== about
    subject.current = about
    setState(old => ({ data: isOther ? undefined : old.data, fault: isOther ? undefined : old.fault, isLoading: true }))
    fetchJson<T>(path, { signal: stop.signal }).then(
      data => setState({ data, fault: undefined, isLoading: false }),
      (fault: ApiFault) => {
        if (!stop.signal.aborted) setState(old => ({ data: old.data, fault, isLoading: false }))
      },
    )
    return () => stop.abort()
  }, [path, round, tries])
  return { ...state, again: () => setTries(tries + 1) }
}
