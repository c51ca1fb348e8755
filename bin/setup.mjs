// Installs what is missing, so that `npm run demo` and `npm test` work as the first command on a fresh clone.
// Plain JavaScript for Node 20 and later: it runs before the right Node is there.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const installed = join(root, 'node_modules', '.package-lock.json')
const localNode = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')

const reason = reasonToInstall()
if (reason) {
  console.error(`weir: installing packages (npm ci), because ${reason}; this takes a minute or two on a cold cache`)
  install()
  const left = reasonToInstall()
  if (left) fail(`npm ci ended without an error, yet ${left}`)
  console.error('weir: packages are installed')
}

function reasonToInstall() {
  if (!existsSync(installed)) return 'node_modules is missing'
  if (statSync(join(root, 'package-lock.json')).mtimeMs > statSync(installed).mtimeMs) return 'package-lock.json is newer than node_modules'
  if (!existsSync(localNode)) return 'the Node of package.json is missing from node_modules'
  return undefined
}

function install() {
  // npm tells its scripts where it lives; that very npm is used, as a plain `npm` may be another one or missing from PATH.
  const npm = process.env.npm_execpath
  const options = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--progress=true']
  // And the Node that npm runs on: this process may be the Node inside node_modules, which npm ci is about to remove.
  const node = process.env.npm_node_execpath ?? process.execPath
  const [command, given] = npm ? [node, [npm, ...options]] : ['npm', options]
  const result = spawnSync(command, given, { cwd: root, stdio: ['ignore', 2, 2], shell: !npm && process.platform === 'win32' })
  if (result.error) fail(`npm could not be started: ${result.error.message}`)
  if (result.status !== 0) fail(`npm ci failed (exit code ${result.status ?? result.signal}); its message stands above`)
}

function fail(message) {
  console.error(`weir: ${message}. Run "npm ci" in ${root} to see more, then try again.`)
  process.exit(1)
}
