import { readFileSync } from 'node:fs'
import { AppError, messageOf } from '../../platform/errors.ts'

/** The text of a terms file. Throws TERMS_INVALID when it cannot be read. */
export function readTermsFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new AppError('TERMS_INVALID', `${path}: the terms file cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
