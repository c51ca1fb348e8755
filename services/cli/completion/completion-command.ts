import type { Command } from '../command.ts'
import type { CommandEntry } from '../program.ts'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { readTree } from './tree.ts'
import { zshScript } from './zsh.ts'

const shells = { bash: bashScript, zsh: zshScript, fish: fishScript } as const

/** `weir completion`: scripts made from the declarations of all commands, so that they say what the program takes. */
export function completionCommand(entries: readonly CommandEntry[]): Command {
  const subCommands = Object.entries(shells).map(([shell, render]) => [
    shell,
    {
      does: `prints the completion script for ${shell}`,
      async run(_given: unknown, { print }: { print(text: string): void }) {
        print(render(await readTree(entries)).trimEnd())
        return 0
      },
    },
  ])
  return {
    name: 'completion',
    does: 'Scripts that complete commands, options and their values in a shell.',
    seeAlso: [
      'bash: weir completion bash > ~/.local/share/bash-completion/completions/weir',
      'zsh:  weir completion zsh > "$fpath[1]/_weir"',
      'fish: weir completion fish > ~/.config/fish/completions/weir.fish',
    ].join('\n'),
    subCommands: Object.fromEntries(subCommands),
  }
}
