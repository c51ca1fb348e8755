import { searchPath } from '../platform/env.ts'
import { runService } from '../platform/service.ts'
import { runStandalone, standaloneFiles } from './standalone.ts'

await runService('standalone', standaloneFiles, async ({ settings, deps, signal }) => {
  await runStandalone(settings, { ...deps, searchPath: searchPath() }, signal)
})
