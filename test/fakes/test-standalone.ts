import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Environment, readSettings } from '../../services/platform/env.ts'
import { buildLogger } from '../../services/platform/log.ts'
import { openStandalone, type Standalone } from '../../services/standalone/standalone.ts'
import { freePorts } from './free-ports.ts'

/** All of Weir in this process, on free ports. Disposing stops it and removes its data. */
export interface TestStandalone extends AsyncDisposable {
  readonly ingestUrl: string
  readonly apiUrl: string
}

/** Starts it in a temporary folder; `environmentOf` gives what its settings have beside, and may write files into the folder. */
export async function openTestStandalone(
  environmentOf: (folder: string) => Promise<Environment> = async () => ({}),
): Promise<TestStandalone> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-standalone-'))
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  let standalone: Standalone
  try {
    const settings = readSettings({ WEIR_DATA_DIR: folder, ...(await environmentOf(folder)), ...freePorts })
    const logger = buildLogger({ service: 'test', level: 'silent' })
    standalone = await openStandalone(settings, { logger, now: Date.now, searchPath: '' })
  } catch (error) {
    remove()
    throw error
  }
  return {
    ingestUrl: standalone.ingestUrl,
    apiUrl: standalone.apiUrl,
    async [Symbol.asyncDispose]() {
      await standalone[Symbol.asyncDispose]()
      remove()
    },
  }
}
