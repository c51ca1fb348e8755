import type { Command } from '../command.ts'

/** The command of a process: `start` imports its entry, which reads the settings, runs and ends this process by itself. */
export function processCommand(name: string, does: string, start: () => Promise<unknown>): Command {
  return {
    name,
    does,
    seeAlso: 'Settings are environment variables: docs/settings.md.',
    subCommands: {
      '': {
        does,
        options: { check: { does: 'validates the settings and every file that they name, says all faults, and ends' } },
        async run() {
          await start()
          return Number(process.exitCode ?? 0)
        },
      },
    },
  }
}
