import { commands } from './commands.ts'
import { runProgram } from './program.ts'

// Whoever reads may have seen enough: `weir … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await runProgram(commands, process.argv.slice(2))
