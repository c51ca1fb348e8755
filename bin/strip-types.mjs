// Lets Node run the TypeScript of an installed package: by itself it strips types outside of node_modules only.
// `weir` loads this, for itself, its threads and its child processes, where it lies in node_modules.
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'

registerHooks({
  load(url, context, nextLoad) {
    if (!(url.startsWith('file:') && url.endsWith('.ts') && url.includes('/node_modules/'))) return nextLoad(url, context)
    return { format: 'module', source: stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8')), shortCircuit: true }
  },
})
