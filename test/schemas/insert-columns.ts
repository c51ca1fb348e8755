/** An `INSERT INTO {database}.<table> (columns) SELECT …` as its text has it. */
export interface InsertSelect {
  table: string
  /** The columns listed; empty: none are. */
  columns: readonly string[]
  /** Of each SELECT (several: UNION ALL) the name of each expression: its alias, or the column that it is; empty: it has no name. */
  names: readonly (readonly string[])[]
}

const CLOSES: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
const END_OF_LIST = /^(FROM|WHERE|GROUP BY|ORDER BY|LIMIT|SETTINGS|HAVING|(LEFT )?ARRAY JOIN|UNION)\b/

/** The statements in a text that insert what they select. */
export function insertSelects(text: string): readonly InsertSelect[] {
  const sql = text.replaceAll(/--.*$/gm, '')
  return [...sql.matchAll(/INSERT INTO \{database\}\.(\w+)\s*(?:\(([^)]*)\))?/g)].map((found, index, all) => {
    const end = all[index + 1]?.index ?? sql.length
    return {
      table: found[1] as string,
      columns: (found[2] ?? '').split(',').flatMap(name => name.trim() || []),
      names: selectLists(sql.slice(found.index + found[0].length, end)).map(list => list.map(nameOf)),
    }
  })
}

/** Expressions of each SELECT that stands in no parentheses. */
function selectLists(sql: string): string[][] {
  const lists: string[][] = []
  let list: string[] | undefined
  for (const [at, depth] of outside(sql)) {
    const char = sql[at] as string
    const isComma = depth === 0 && char === ','
    if (depth === 0 && /\w/.test(char) && !/[\w.]/.test(sql[at - 1] ?? '')) {
      const rest = sql.slice(at)
      if (/^SELECT\b/.test(rest)) {
        list = ['']
        lists.push(list)
      } else if (END_OF_LIST.test(rest)) list = undefined
    }
    if (isComma) list?.push('')
    else list?.push(`${list.pop()}${char}`)
  }
  return lists.map(one => one.map(text => text.replace(/^SELECT(\s+DISTINCT)?\s/, '').trim()))
}

/** Every place of the text with the number of parentheses, brackets and braces around it; quoted texts count as inside. */
function* outside(sql: string): Generator<[at: number, depth: number]> {
  const open: string[] = []
  for (let at = 0; at < sql.length; at++) {
    const char = sql[at] as string
    const quote = open.at(-1) === "'"
    if (char === open.at(-1)) open.pop()
    else if (!quote && char === "'") open.push(char)
    else if (!quote && char in CLOSES) open.push(CLOSES[char] as string)
    yield [at, open.length]
  }
}

function nameOf(expression: string): string {
  return /\sAS (\w+)$/.exec(expression)?.[1] ?? /^(?:\w+\.)?([a-z_]\w*)$/.exec(expression)?.[1] ?? ''
}
