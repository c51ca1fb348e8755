import type { Place } from './tree.ts'

/** The script for bash. It holds all words itself, so that completing starts no program. */
export function bashScript(places: readonly Place[]): string {
  const words = places.map(place => `    ${quoted(place.path)}) words=${quoted(wordsAt(place))}; files=${place.takesFiles ? 1 : 0} ;;`)
  const values = places.flatMap(place =>
    place.options
      .filter(option => option.takesValue)
      .map(({ flag, choices, takesFile }) => {
        const found = takesFile ? 'words=; files=1' : `words=${quoted(choices.join(' '))}; files=0`
        return `    ${quoted(`${place.path}|${flag}`)}) ${found} ;;`
      }),
  )
  return `# bash completion of weir, made by: weir completion bash
_weir() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path= next word words= files=0 i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    next=\${path:+$path }$word
    case "$next" in
      ${places
        .filter(({ path }) => path !== '')
        .map(({ path }) => quoted(path))
        .join('|')}) path=$next ;;
    esac
  done
  case "$path" in
${words.join('\n')}
  esac
  case "$path|$prev" in
${values.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [ "$files" = 1 ] && [[ $cur != -* ]]; then
    compopt -o filenames 2> /dev/null
    COMPREPLY+=($(compgen -f -- "$cur"))
  fi
}
complete -F _weir weir
`
}

function wordsAt({ names, options }: Place): string {
  return [...names.map(({ name }) => name), ...options.map(({ flag }) => flag)].join(' ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
