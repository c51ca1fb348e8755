import { runCommand } from '../command-line.ts'
import { pricesCommand } from '../prices/prices-command.ts'

process.exitCode = await runCommand(pricesCommand, process.argv.slice(2))
