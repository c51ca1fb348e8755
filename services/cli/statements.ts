/** `weir statements`: here because a proof settles minutes again, and only standalone may use what settle does. */
import { runCommand } from './command-line.ts'
import { statementsCommand } from './statements/statements-command.ts'

process.exitCode = await runCommand(statementsCommand, process.argv.slice(2))
