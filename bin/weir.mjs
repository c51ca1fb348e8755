#!/usr/bin/env node
// The `weir` command: runs services/cli/main.ts with a Node that can run TypeScript as it is.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const main = join(root, 'services', 'cli', 'main.ts')

// kafkajs asks for timers in the past, which Node 24 reports once a process and runs at once.
// The API strips the types of the console's modules, which Node still calls an experiment.
const given = ['--disable-warning=TimeoutNegativeWarning', '--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)]
// The channel carries nothing: it closes when this process is killed, and what runs then ends too.
const child = spawn(nodeProgram(), given, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: environment() })
// Ctrl-C reaches the child from the terminal by itself; a signal to this process alone must be handed on.
process.on('SIGINT', () => {})
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('error', error => {
  console.error(`weir: ${error.message}`)
  process.exitCode = 1
})
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGKILL' ? 9 : 15)
})

/** Installed as a package, the program needs its types stripped by a hook (strip-types.mjs), in threads and child processes as well. */
function environment() {
  if (!root.includes(`${sep}node_modules${sep}`)) return process.env
  const hook = pathToFileURL(join(root, 'bin', 'strip-types.mjs')).href
  const options = [process.env.NODE_OPTIONS, `--import=${hook}`, '--disable-warning=ExperimentalWarning']
  return { ...process.env, NODE_OPTIONS: options.filter(Boolean).join(' ') }
}

function nodeProgram() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 24 || (major === 24 && minor >= 12)) return process.execPath
  // Beside this file in a clone; beside the package when weir was installed as a dependency.
  const local = [join(root, 'node_modules', '.bin', 'node'), join(root, '..', '.bin', 'node')].find(path => existsSync(path))
  if (local) return local
  console.error(
    `weir: this is Node ${process.versions.node}, and 24.12 or later is needed. Run "node ${join(root, 'bin', 'setup.mjs')}" once.`,
  )
  process.exit(1)
}
