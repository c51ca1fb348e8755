import { runCommand } from '../command-line.ts'
import { exportCommand } from '../export/export-command.ts'

process.exitCode = await runCommand(exportCommand, process.argv.slice(2))
