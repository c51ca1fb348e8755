import { runCommand } from '../command-line.ts'
import { poolsCommand } from '../pools/pools-command.ts'

process.exitCode = await runCommand(poolsCommand, process.argv.slice(2))
