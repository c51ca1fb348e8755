/**
 * What providers bill beside tokens, and what they multiply token prices by. An attempt tells both as short texts that are empty for nearly
 * every line: `billed_units` "output_image=2 web_search=3" and `price_modifiers` "fast_mode inference_geo_us".
 */
import { decimalText } from './dialects/decimal-text.ts'

/** One thing that is billed by the unit. */
export interface BilledUnit {
  /** What one of it is called in price files. */
  unit: string
  /** Many of it: the unit of quantities on statements and exports. */
  plural: string
  /** What statements and exports call it. */
  label: string
  /** Whether a quantity may have a fraction, down to the millionth. */
  isFractional: boolean
  /** It measures the work itself, so that a model with such a price owes something for every answer; else it comes on top. */
  isWork: boolean
  doc: string
}

const units = {
  image: 'Images',
  second: 'Seconds',
  character: 'Characters',
  pixel: 'Pixels',
  page: 'Pages',
  credit: 'Credits',
  query: 'Queries',
  request: 'Requests',
  prompt: 'Prompts',
  token: 'Tokens',
  session: 'Sessions',
  hour: 'Hours',
} as const
type Unit = keyof typeof units

function work(unit: Unit, label: string, doc: string): BilledUnit {
  return { unit, plural: units[unit], label, isFractional: unit === 'second' || unit === 'hour', isWork: true, doc }
}

function extra(unit: Unit, label: string, doc: string): BilledUnit {
  return { ...work(unit, label, doc), isWork: false }
}

/** By name, which is the kind of its charges too. `request` is never written: an answered attempt is one. */
export const BILLED_UNITS = {
  request: extra('request', 'Requests', 'answered attempts; implied, no line tells it'),
  input_image: work('image', 'Input Images', 'images sent, where they are not counted as tokens'),
  output_image: work('image', 'Output Images', 'images made, where they are not counted as tokens'),
  input_audio_second: work('second', 'Input Audio Seconds', 'audio sent: transcription, translation'),
  output_audio_second: work('second', 'Output Audio Seconds', 'audio made: speech, music'),
  input_video_second: work('second', 'Input Video Seconds', 'video sent'),
  input_video_second_above_8s: work('second', 'Input Video Seconds Above 8 s', 'video sent, analysed in intervals of more than 8 s'),
  input_video_second_above_15s: work('second', 'Input Video Seconds Above 15 s', 'video sent, analysed in intervals of more than 15 s'),
  output_video_second: work('second', 'Output Video Seconds', 'video made'),
  output_video_second_1080p: work('second', 'Output Video Seconds In 1080p', 'video made in 1080p'),
  input_character: work('character', 'Input Characters', 'text sent, where it is not counted as tokens: speech, older embeddings'),
  output_character: work('character', 'Output Characters', 'text made, where it is not counted as tokens'),
  output_pixel: work('pixel', 'Output Pixels', 'pixels of the images made: width × height × images'),
  page: work('page', 'Read Pages', 'pages read by OCR'),
  annotated_page: extra('page', 'Annotated Pages', 'pages annotated beside the OCR'),
  ocr_credit: work('credit', 'Document Credits', 'credits that a document service charges'),
  search_unit: work('query', 'Search Units', 'search units of a reranker, queries of a search API'),
  web_search: extra('query', 'Web Searches', 'web searches that the model made, size of the search context not told'),
  web_search_low: extra('query', 'Web Searches With Small Context', 'web searches with the small search context'),
  web_search_medium: extra('query', 'Web Searches With Medium Context', 'web searches with the medium search context'),
  web_search_high: extra('query', 'Web Searches With Large Context', 'web searches with the large search context'),
  grounded_prompt: extra(
    'prompt',
    'Grounded Prompts',
    'answers grounded in a web search, where the provider bills them and not the queries (Gemini before 3)',
  ),
  citation_token: extra('token', 'Citation Tokens', 'tokens of cited pages that are billed beside the input (Perplexity)'),
  code_session: extra('session', 'Code Interpreter Sessions', 'containers of a code interpreter'),
  session_hour: extra('hour', 'Session Hours', 'hours of a session that is billed by time'),
} as const satisfies Readonly<Record<string, BilledUnit>>

/** Name of something that is billed by the unit. */
export type BilledUnitName = keyof typeof BILLED_UNITS

/** All names, in the order of the table. */
export const billedUnitNames = Object.keys(BILLED_UNITS) as readonly BilledUnitName[]

/** Whether a text is the name of a billed unit. */
export function isBilledUnit(name: string): name is BilledUnitName {
  return Object.hasOwn(BILLED_UNITS, name)
}

/** Digits after the point that a quantity keeps; a price of a fractional unit has at most 12, so that their product is exact in 18. */
export const QUANTITY_FRACTION_DIGITS = 6
/** No attempt uses so much of anything; more is a fault of the line. */
const MAX_QUANTITY = 1_000_000_000n
/** The form of `billed_units`, as the schema checks it. */
export const BILLED_UNITS_PATTERN = '^([a-z0-9_]+=\\d{1,10}(\\.\\d{1,6})?( [a-z0-9_]+=\\d{1,10}(\\.\\d{1,6})?)*)?$'
/** The form of `price_modifiers`. */
export const PRICE_MODIFIERS_PATTERN = '^([a-z0-9_]+( [a-z0-9_]+)*)?$'

/** A quantity as canonical text, rounded half to even at the sixth digit; undefined: none from 0 to 10^9, or a part of a whole unit. */
function quantityText(name: BilledUnitName, value: unknown): string | undefined {
  const text = decimalText(value, 10)
  if (text === undefined) return undefined
  const [whole = '0', fraction = ''] = text.split('.')
  const digits = BILLED_UNITS[name].isFractional ? QUANTITY_FRACTION_DIGITS : 0
  // A whole thing is not told in parts.
  if (digits === 0 && fraction !== '') return undefined
  const rest = fraction.slice(digits)
  let scaled = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  const isUp = rest[0] !== undefined && (rest[0] > '5' || (rest[0] === '5' && (/[1-9]/.test(rest.slice(1)) || scaled % 2n === 1n)))
  if (isUp) scaled += 1n
  const one = 10n ** BigInt(digits)
  if (scaled > MAX_QUANTITY * one) return undefined
  const parts = digits === 0 ? '' : (scaled % one).toString().padStart(digits, '0').replace(/0+$/, '')
  return `${scaled / one}${parts === '' ? '' : `.${parts}`}`
}

/**
 * The text of `billed_units` for these quantities (numbers or decimal texts); 0, null and undefined give nothing. undefined where a name is
 * no billed unit or a quantity is not one from 0 to 10^9, or has a fraction where the unit has none.
 */
export function billedUnitsText(quantities: Readonly<Record<string, unknown>>): string | undefined {
  const parts: string[] = []
  for (const name of Object.keys(quantities).sort()) {
    const value = quantities[name]
    if (value === null || value === undefined) continue
    const text = isBilledUnit(name) && name !== 'request' ? quantityText(name, value) : undefined
    if (text === undefined) return undefined
    if (text !== '0') parts.push(`${name}=${text}`)
  }
  return parts.join(' ')
}

/** What a text of `billed_units` says, in its order: name → decimal text. Not checked: the schema has done that. */
export function readBilledUnits(text: string): Map<string, string> {
  const pairs = text === '' ? [] : text.split(' ')
  return new Map(pairs.map(pair => pair.split('=', 2) as [string, string]))
}

/** The text of `price_modifiers` for these names, each once and sorted. */
export function priceModifiersText(names: Iterable<string>): string {
  return [...new Set(names)].sort().join(' ')
}
