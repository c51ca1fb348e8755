import { useEffect, useRef, useState } from 'preact/hooks'

/** What the stream has told. */
export interface Live {
  readonly settledMs: number | null | undefined
  readonly round: number
  readonly isConnected: boolean
}

/** Without a stream figures are asked for again this often, ms. */
const WITHOUT_STREAM_MS = 60_000
/** Settled minutes that come close together are one round, ms. */
const TOGETHER_MS = 1_500

/**
 * Listens to the stream of settled minutes: one connection a tab, none while the tab is hidden, so that many tabs do not take the few
 * connections that a browser has for a host.
 */
export function useLive(isOn: boolean): Live {
  const [live, setLive] = useState<Live>({ settledMs: undefined, round: 0, isConnected: false })
  const isFirst = useRef(true)
  useEffect(() => {
    if (!isOn) return
    let source: EventSource | undefined
    let waiting: number | undefined
    const nextRound = () => {
      waiting ??= window.setTimeout(() => {
        waiting = undefined
        setLive(old => ({ ...old, round: old.round + 1 }))
      }, TOGETHER_MS)
    }
    const open = () => {
      if (document.hidden || source !== undefined) return
      source = new EventSource('/v1/stream')
      source.addEventListener('settled', event => {
        const { settled_until } = JSON.parse(event.data as string) as { settled_until: string | null }
        setLive(old => ({ ...old, settledMs: settled_until === null ? null : Date.parse(settled_until), isConnected: true }))
        // The first event tells what the first answers hold already.
        if (isFirst.current) isFirst.current = false
        else nextRound()
      })
      source.onerror = () => setLive(old => ({ ...old, isConnected: false }))
    }
    const close = () => {
      source?.close()
      source = undefined
    }
    const onVisible = () => (document.hidden ? close() : open())
    open()
    document.addEventListener('visibilitychange', onVisible)
    const timer = window.setInterval(() => {
      if (!document.hidden && source?.readyState !== EventSource.OPEN) nextRound()
    }, WITHOUT_STREAM_MS)
    return () => {
      close()
      window.clearInterval(timer)
      window.clearTimeout(waiting)
      document.removeEventListener('visibilitychange', onVisible)
    }
  }, [isOn])
  return live
}
