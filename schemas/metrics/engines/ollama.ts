import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'

const ProcessList = Type.Object({ models: Type.Array(Type.Object({ name: Type.String(), model: Type.Optional(Type.String()) })) })
const processList = Compile(ProcessList)

/** Name as it stands in the `engine` column. */
export const OLLAMA = 'ollama'

/**
 * The models that an Ollama server holds in memory, from the answer of its `GET /api/ps` (ollama `docs/api.md`), each once; undefined: the
 * value is none. Ollama counts nothing that could be scraped: that a model is loaded is all that is known of it.
 */
export function loadedOllamaModels(value: unknown): readonly string[] | undefined {
  if (!processList.Check(value)) return undefined
  return [...new Set((value as Static<typeof ProcessList>).models.map(({ name, model }) => model || name))]
}
