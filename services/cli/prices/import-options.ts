import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { PRICE_FORMATS, type PriceFile } from '../../money/price-book/price-file.ts'
import { readPriceFile } from '../../money/price-book/read-price-file.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import { choiceOf, type Given, type OptionSpec, textOf, timeOf } from '../command.ts'

/** Options that `import` and `correct` share. */
export const IMPORT_OPTIONS = {
  from: { value: 'ISO', does: 'when the prices begin, for those that do not say so themselves' },
  to: { value: 'ISO', does: 'when they end, likewise (default: open)' },
  format: { value: 'FORMAT', choices: ['auto', ...PRICE_FORMATS], does: 'form of the file (default auto: by the file)' },
  source: { value: 'TEXT', does: 'where the prices come from (default: the name of the file)' },
  by: { value: 'NAME', does: 'who does this (default: the name of the user)' },
  'allow-absurd': { value: 'MODEL', multiple: true, does: 'takes a price of this model that is 100 times the former, or a 100th' },
  'override-own': { does: 'lets a list replace prices that came with an own file' },
  'override-later': { does: 'lets the new prices replace some that are to begin later' },
  'skip-refused': { does: 'stores the rest where some prices are refused' },
  json: { does: 'prints the difference as one JSON object' },
  all: { does: 'shows every change, however many' },
  'dry-run': { does: 'shows what would change and stores nothing' },
} as const satisfies Record<string, OptionSpec>

/** Reads the file that the arguments name, plain or gzip. Rejects with PRICE_INVALID. */
export function readFileOf(given: Given, fromMs: number): PriceFile {
  const [path = ''] = given.positionals
  const format = choiceOf(given, 'format', ['auto', ...PRICE_FORMATS])
  const settings = {
    name: path,
    source: textOf(given, 'source') ?? basename(path),
    valid_from: fromMs,
    valid_to: timeOf(given, 'to') ?? null,
  }
  return readPriceFile(readText(path), format === 'auto' ? undefined : format, settings)
}

/** Who does it, as the arguments or the machine say. */
export function nameOf(given: Given): string {
  return textOf(given, 'by') ?? userInfo().username
}

/** How the file is to be taken, as the arguments say. */
export function rulesOf(given: Given) {
  const { values } = given
  return {
    allowAbsurd: (values['allow-absurd'] ?? []) as string[],
    overrideOwn: values['override-own'] === true,
    overrideLater: values['override-later'] === true,
  }
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path)
    return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (error) {
    throw new AppError('PRICE_INVALID', `${path}: the price file cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
