import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ManifestFile } from '../../answers/manifests/parse-manifests.ts'
import { AppError } from '../../platform/errors.ts'

const MANIFEST = /\.(ya?ml|json)$/
/** More is no folder of manifests. */
const MOST_BYTES = 64 * 1024 * 1024

/** The text of a file of manifests, or of all .yaml, .yml and .json files in a folder and below. Rejects with MANIFEST_INVALID. */
export async function readManifestFiles(path: string): Promise<ManifestFile[]> {
  const names = (await stat(path)).isDirectory()
    ? (await readdir(path, { recursive: true })).filter(name => MANIFEST.test(name)).map(name => join(path, name))
    : [path]
  if (names.length === 0)
    throw new AppError('MANIFEST_INVALID', `${path} holds no .yaml, .yml or .json file, expected what kubectl get -o yaml gives`)
  const files: ManifestFile[] = []
  let bytes = 0
  for (const name of names.sort()) {
    const text = await readFile(name, 'utf8')
    bytes += text.length
    if (bytes > MOST_BYTES)
      throw new AppError('MANIFEST_INVALID', `${path} holds more than ${MOST_BYTES / 1024 ** 2} MB, expected manifests alone`)
    files.push({ name, text })
  }
  return files
}
