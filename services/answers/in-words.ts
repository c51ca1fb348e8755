/** Figures as sentences tell them: to be read aloud at three in the morning. */

/** A whole number with its thousands grouped: `7,166`. */
export function countInWords(n: number): string {
  return Math.round(n).toLocaleString('en-US')
}

/** A time: `0 ms`, `840 ms`, `6.3 s`, `32 s`, `4 min`. */
export function timeInWords(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 20_000) return `${(ms / 1_000).toFixed(1)} s`
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`
}

/** A sentence with its first letter in upper case. */
export function asSentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
