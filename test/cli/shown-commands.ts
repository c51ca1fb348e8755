/** The commands that the pages show, as a reader would type them. */
import { globSync, readFileSync } from 'node:fs'

/** A command of a page, without its comment. */
export interface ShownCommand {
  page: string
  command: string
}

/** Pages for readers; the list of changes tells of commands as they once were. */
export const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync('docs/*.md').sort()].filter(isThere)

/** Lines of shell blocks that begin with one of Weir's own commands. */
export function shownCommands(): readonly ShownCommand[] {
  return pages.flatMap(page =>
    [...readFileSync(page, 'utf8').matchAll(/```(?:sh|bash|console)\n([\s\S]*?)```/g)]
      .flatMap(block => (block[1] ?? '').split('\n'))
      .map(line =>
        line
          .replace(/^\$ /, '')
          .replace(/\s+# .*$/, '')
          .trim(),
      )
      .filter(line => /^(npm (run|start|test)|npx weir|weir|node bin\/weir\.mjs)\b/.test(line))
      .map(command => ({ page, command })),
  )
}

/** `weir …` in running text, up to what is only a placeholder. */
export function namedCommands(): readonly ShownCommand[] {
  return pages.flatMap(page =>
    [...readFileSync(page, 'utf8').matchAll(/`(?:npx )?(weir [a-z][^`\n]*)`/g)].map(([, command = '']) => ({ page, command })),
  )
}

/** The words of a command line, with quotes taken off. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replace(/["']/g, ''))
}

function isThere(path: string): boolean {
  return globSync(path).length > 0
}
