import { searchPath } from '../platform/env.ts'
import { runService } from '../platform/service.ts'
import { runStandalone } from './standalone.ts'

await runService('standalone', async ({ settings, deps, signal }) => {
  await runStandalone(settings, { ...deps, searchPath: searchPath() }, signal)
})
