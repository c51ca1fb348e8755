import type { Place } from './tree.ts'

/** The script for fish. */
export function fishScript(places: readonly Place[]): string {
  const lines = places.flatMap(place => {
    const here = `complete -c weir -n ${quoted(`__weir_at ${quoted(place.path)}`)}`
    const names = place.names.map(({ name, does }) => `${here} -f -a ${quoted(name)} -d ${quoted(does)}`)
    const options = place.options.map(({ flag, does, takesValue, takesFile, choices }) => {
      const value = takesFile ? ' -r -F' : choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -x' : ''
      return `${here} -l ${flag.slice(2)} -d ${quoted(does)}${value}`
    })
    return [...names, ...options, ...(place.takesFiles ? [`${here} -F`] : [])]
  })
  return `# fish completion of weir, made by: weir completion fish
function __weir_at
  set -l path ''
  for word in (commandline -opc)[2..]
    set -l next (string trim -- "$path $word")
    contains -- "$next" ${places
      .filter(({ path }) => path !== '')
      .map(({ path }) => quoted(path))
      .join(' ')}; and set path $next
  end
  test "$path" = "$argv[1]"
end
complete -c weir -f
${lines.join('\n')}
`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
