import { readFile } from 'node:fs/promises'
import { AppError, messageOf } from '../../../services/platform/errors.ts'
import { buildReader, type Reader } from '../field-table.ts'
import { buildMappedDialect } from './mapped-dialect.ts'
import { parseMapping } from './mapping-file.ts'

/** Reads the operator's dialect files, in their order. Throws DIALECT_FILE_INVALID that names file, line and what was expected. */
export async function readOwnDialects(files: readonly string[]): Promise<readonly Reader[]> {
  const readers: Reader[] = []
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(error => {
      throw new AppError('DIALECT_FILE_INVALID', `${file} cannot be read: ${messageOf(error)}`, { cause: error })
    })
    readers.push(buildReader(buildMappedDialect(parseMapping(text, file))))
  }
  return readers
}
