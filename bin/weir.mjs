#!/usr/bin/env node
// The `weir` command: starts one of the services with a Node that can run TypeScript as it is.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const commands = {
  ingest: ['services/ingest/main.ts', 'takes lines and metrics over HTTP, scrapes model servers'],
  worker: ['services/worker/main.ts', 'reads the event log and writes the raw tables'],
  settle: ['services/settle/main.ts', 'computes and publishes the touched windows'],
  charge: ['services/charge/main.ts', 'publishes charges and pool costs by the hour'],
  api: ['services/api/main.ts', 'answers queries'],
  migrate: ['services/migrate/main.ts', 'creates topics and tables, then ends'],
  standalone: ['services/standalone/main.ts', 'all of them in one process, on this machine'],
  report: ['services/cli/report.ts', 'reads access logs from files, prints the tables, ends'],
  demo: ['services/demo/main.ts', 'standalone, fed with replayed traffic and an incident'],
  statements: ['services/cli/statements.ts', 'what each tenant owes: draft, close, show, adjust, verify'],
  prices: ['services/cli/commands/prices.ts', 'the price book: import, correct, list'],
  terms: ['services/cli/commands/terms.ts', 'billing terms: check, import, correct, show'],
  pools: ['services/cli/commands/pools.ts', 'what GPU pools cost and who bears it'],
  reconcile: ['services/cli/commands/reconcile.ts', "a provider's invoice against our charges"],
  budgets: ['services/cli/commands/budgets.ts', 'budgets: spent, committed, forecast'],
  export: ['services/cli/commands/export.ts', 'charges as FOCUS 1.2'],
}

const [name, ...rest] = process.argv.slice(2)
if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
  console.log(help())
} else if (!Object.hasOwn(commands, name)) {
  console.error(`weir: there is no command "${name}"\n\n${help()}`)
  process.exitCode = 2
} else {
  run(join(root, commands[name][0]), rest)
}

function help() {
  const lines = Object.entries(commands).map(([command, [, does]]) => `  ${command.padEnd(11)} ${does}`)
  return [
    'Usage: weir <command> [arguments]',
    '',
    ...lines,
    '  help        this page',
    '',
    'Services take --check: validate the settings and end.',
  ].join('\n')
}

function run(file, given) {
  // kafkajs asks for timers in the past, which Node 24 reports once a process and runs at once.
  const child = spawn(nodeProgram(), ['--disable-warning=TimeoutNegativeWarning', file, ...given], { stdio: 'inherit' })
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
