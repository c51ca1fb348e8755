/** A table of Markdown; cells are kept from breaking it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

const BEGIN = '<!-- written from the code by `node bin/write-docs.mjs` -->'
const END = '<!-- end of what is written from the code -->'

/** The page with the part between its two marks replaced by these sections. */
export function withWritten(page: string, sections: readonly string[]): string {
  const [before = '', rest = ''] = page.split(BEGIN)
  const [, after = ''] = rest.split(END)
  return `${before}${[BEGIN, ...sections, END].join('\n\n')}${after}`
}
