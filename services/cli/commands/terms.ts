import { runCommand } from '../command-line.ts'
import { termsCommand } from '../terms/terms-command.ts'

process.exitCode = await runCommand(termsCommand, process.argv.slice(2))
