import { budgetsCommand } from '../budgets/budgets-command.ts'
import { runCommand } from '../command-line.ts'

process.exitCode = await runCommand(budgetsCommand, process.argv.slice(2))
