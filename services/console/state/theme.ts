import { useEffect, useState } from 'preact/hooks'

/** Chosen look; `auto`: as the machine has it. */
export type Theme = 'auto' | 'light' | 'dark'

const KEY = 'weir-theme'
const isTheme = (text: string | null): text is Theme => text === 'light' || text === 'dark' || text === 'auto'

/** The look, kept on this machine, and whether it is dark now. */
export function useTheme(): { theme: Theme; isDark: boolean; setTheme: (theme: Theme) => void } {
  const [theme, setTheme] = useState<Theme>(() => {
    const kept = localStorage.getItem(KEY)
    return isTheme(kept) ? kept : 'auto'
  })
  const [isMachineDark, setMachineDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches)
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)')
    const changed = () => setMachineDark(query.matches)
    query.addEventListener('change', changed)
    return () => query.removeEventListener('change', changed)
  }, [])
  const isDark = theme === 'dark' || (theme === 'auto' && isMachineDark)
  useEffect(() => {
    document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light'
    localStorage.setItem(KEY, theme)
  }, [theme, isDark])
  return { theme, isDark, setTheme }
}
