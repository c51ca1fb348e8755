/** A price file of any form → its prices. */
import { AppError } from '../../platform/errors.ts'
import { importLitellmPrices } from './import-litellm.ts'
import { isOpenrouterList, readOpenrouterPrices } from './import-openrouter.ts'
import { readOwnCsv } from './own-csv.ts'
import { readOwnYaml } from './own-yaml.ts'
import { parseJsonText } from './parse-json-text.ts'
import { lineOfKey, type PriceFile, type PriceFileSettings, type PriceFormat } from './price-file.ts'

const readers: Readonly<Record<PriceFormat, (text: string, settings: PriceFileSettings) => PriceFile>> = {
  litellm: readLitellmPrices,
  openrouter: readOpenrouterPrices,
  yaml: readOwnYaml,
  csv: readOwnCsv,
}

/**
 * Reads a price file; `format` undefined: recognised by the name's ending (.csv, .yaml, .yml), else as JSON by its content. `source` of
 * the rows begins with the format, which is how a later list of the same form knows which prices it may end. PRICE_INVALID, with the
 * place, when the file as a whole is not understood or holds no price at all; what is wrong with single prices is in `refused`.
 */
export function readPriceFile(text: string, format: PriceFormat | undefined, settings: PriceFileSettings): PriceFile {
  const form = format ?? formatOf(text, settings.name)
  const file = readers[form](text, { ...settings, source: `${form} ${settings.source}` })
  if (file.rows.length === 0 && file.refused.length === 0) {
    throw new AppError('PRICE_INVALID', `${settings.name}: no price in it; read as ${form} (--format says otherwise)`)
  }
  return file
}

function formatOf(text: string, name: string): PriceFormat {
  if (/\.csv(\.gz)?$/i.test(name)) return 'csv'
  if (/\.ya?ml(\.gz)?$/i.test(name)) return 'yaml'
  return isOpenrouterList(parseJsonText(text)) ? 'openrouter' : 'litellm'
}

function readLitellmPrices(text: string, settings: PriceFileSettings): PriceFile {
  const { source, valid_from, valid_to } = settings
  const { rows, report } = importLitellmPrices(text, { version: 0, source, valid_from, valid_to })
  const refused = report.refused.map(one => ({
    ...one,
    place: `${settings.name}:${lineOfKey(text, one.model, one.field.split(/[.[]/)[0])}`,
  }))
  return {
    format: 'litellm',
    models: report.models,
    rows,
    places: new Map(),
    refused,
    skipped: report.skipped,
    rounded: report.rounded.length,
  }
}
