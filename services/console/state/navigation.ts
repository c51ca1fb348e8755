import { useEffect, useState } from 'preact/hooks'
import { type Place, placeOf } from './place.ts'

/** Told to all who show the place, after the address changed without loading a page. */
const MOVED = 'weir-moved'

/** Goes to an address of the console. `isReplaced`: not a step that Back goes through. */
export function goTo(href: string, { isReplaced = false } = {}): void {
  history[isReplaced ? 'replaceState' : 'pushState'](null, '', href)
  window.dispatchEvent(new Event(MOVED))
}

/** The place, as the address has it. Links within the console are followed without loading the page again. */
export function usePlace(): Place {
  const [place, setPlace] = useState(() => placeOf(location))
  useEffect(() => {
    const moved = () => setPlace(placeOf(location))
    const follow = (event: MouseEvent) => {
      const link = (event.target as Element | null)?.closest?.('a')
      const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
      if (!link || !isPlain || link.target !== '' || link.hasAttribute('download') || event.defaultPrevented) return
      if (link.origin !== location.origin || !/^\/console(?:\/|$)/.test(link.pathname) || link.hash !== '') return
      event.preventDefault()
      goTo(link.href)
      window.scrollTo(0, 0)
    }
    window.addEventListener('popstate', moved)
    window.addEventListener(MOVED, moved)
    document.addEventListener('click', follow)
    return () => {
      window.removeEventListener('popstate', moved)
      window.removeEventListener(MOVED, moved)
      document.removeEventListener('click', follow)
    }
  }, [])
  return place
}
