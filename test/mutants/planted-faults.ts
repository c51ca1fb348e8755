/**
 * Small faults, planted one at a time by run-mutants.ts: what a tired hand or a hasty merge does to the lines that much hangs on. They
 * are data: faults/<area>.json.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** One fault. `find` stands exactly once in `file`; `tests` are the files that are to notice. */
export interface PlantedFault {
  area: string
  /** What the fault does, as a sentence part. */
  name: string
  file: string
  find: string
  put: string
  tests: readonly string[]
  /** Why no test notices it, where that is right: it changes nothing that anybody can observe. */
  survives?: string
}

const folder = new URL('faults/', import.meta.url)

/** All planted faults, by area. */
export const plantedFaults: readonly PlantedFault[] = readdirSync(folder)
  .sort()
  .flatMap(file => {
    const faults = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Omit<PlantedFault, 'area'>[]
    return faults.map(fault => ({ area: file.replace('.json', '').replaceAll('-', ' '), ...fault }))
  })
