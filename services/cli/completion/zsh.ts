import type { Place } from './tree.ts'

/** The script for zsh: the same tables as bash's, with what each word does beside it. */
export function zshScript(places: readonly Place[]): string {
  const words = places.map(
    place => `    ${quoted(place.path)}) found=(${describedAt(place).join(' ')}); files=${place.takesFiles ? 1 : 0} ;;`,
  )
  const values = places.flatMap(place =>
    place.options
      .filter(option => option.takesValue)
      .map(({ flag, choices, takesFile }) => {
        const found = choices.map(quoted).join(' ')
        return `    ${quoted(`${place.path}|${flag}`)}) found=(${found}); files=${takesFile ? 1 : 0} ;;`
      }),
  )
  return `#compdef weir
# zsh completion of weir, made by: weir completion zsh
_weir() {
  local word next place='' prev=\${words[CURRENT-1]}
  local -a found
  local -i files=0
  for word in \${words[2,CURRENT-1]}; do
    next=\${place:+$place }$word
    case "$next" in
      (${places
        .filter(({ path }) => path !== '')
        .map(({ path }) => quoted(path))
        .join('|')}) place=$next ;;
    esac
  done
  case "$place" in
${words.join('\n')}
  esac
  case "$place|$prev" in
${values.join('\n')}
  esac
  (( \${#found} )) && _describe 'weir' found
  (( files )) && _files
}
_weir "$@"
`
}

function describedAt({ names, options }: Place): string[] {
  const words = [...names, ...options.map(({ flag, does }) => ({ name: flag, does }))]
  return words.map(({ name, does }) => quoted(`${name}:${does.replaceAll(':', '\\:')}`))
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
