import { runCommand } from '../command-line.ts'
import { reconcileCommand } from '../reconcile/reconcile-command.ts'

process.exitCode = await runCommand(reconcileCommand, process.argv.slice(2))
