/**
 * Text that people read in a message. Parts of it were chosen by whoever names tenants, routes and models, so nothing in it may break a
 * line, hide, reorder what stands beside it, or grow without end.
 */

/**
 * Controls, format characters (direction overrides, zero-width, tags) and unassigned ones. The joiner U+200D stays: emoji and Indic
 * scripts are written with it.
 */
const UNSEEN = /(?!\u200D)[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029\u3164\uFFA0\u115F\u1160]/gu

/** Letters that are written from right to left: Hebrew to Arabic Extended, presentation forms, and the blocks of plane 1 (UAX 9). */
const RTL = '[\\u0590-\\u08FF\\uFB1D-\\uFDFF\\uFE70-\\uFEFC\\u{10800}-\\u{10FFF}\\u{1E800}-\\u{1EFFF}]'
const RTL_RUN = new RegExp(`${RTL}+(?:[^\\p{L}\\n]*${RTL}+)*`, 'gu')

const ISOLATE = '\u2068'
const END_OF_ISOLATE = '\u2069'
const CUT = '…'
/** A letter with its marks is at most so long; piles of marks reach over other lines. */
const MOST_OF_CHARACTER = 24

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * One line of at most `most` UTF-16 units (so of at most as many characters by any count): controls are gone, spaces are single, text from
 * right to left is isolated, and what is too long ends in `…` at the end of a whole character.
 */
export function safeLine(text: string, most: number): string {
  const line = text
    .slice(0, most * 4)
    .toWellFormed()
    .replace(/\s+/gu, ' ')
    .replace(UNSEEN, '')
    .trim()
  let room = most
  for (;;) {
    const isolated = cutLine(line, room).replace(RTL_RUN, run => `${ISOLATE}${run}${END_OF_ISOLATE}`)
    if (isolated.length <= most) return isolated
    room -= isolated.length - most
  }
}

/** Lines of a text, each safe and at most `most` long together with the others; empty ones are left out. */
export function safeLines(text: string, most: number): string[] {
  const lines: string[] = []
  let room = most
  for (const given of text.slice(0, most * 4).split(/\r\n|[\n\r\u2028\u2029]/)) {
    const line = safeLine(given, Math.max(room, 0))
    if (line === '') continue
    if (room < 2) break
    lines.push(line)
    room -= line.length + 1
  }
  return lines
}

function cutLine(line: string, most: number): string {
  if (most <= 0) return ''
  let kept = ''
  for (const { segment } of characters.segment(line)) {
    const character = segment.length > MOST_OF_CHARACTER ? segment.slice(0, MOST_OF_CHARACTER).toWellFormed() : segment
    if (kept.length + character.length > most) return `${withoutLast(kept, most)}${CUT}`
    kept += character
  }
  return kept
}

/** What is left of it once there is room for the sign of a cut. */
function withoutLast(kept: string, most: number): string {
  if (kept.length < most) return kept.trimEnd()
  const all = [...characters.segment(kept)]
  return kept.slice(0, all.at(-1)?.index ?? 0).trimEnd()
}
