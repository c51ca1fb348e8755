import { gpuSampleColumns } from '../../schemas/gpu-sample.ts'
import { engines } from '../../schemas/metrics/engines/registry.ts'
import type { SeriesTable } from '../../schemas/metrics/engines/series-table.ts'
import { gatewayTables } from '../../schemas/metrics/gateways/registry.ts'
import { gpuTables } from '../../schemas/metrics/gpus/registry.ts'

const gpuColumns: ReadonlySet<string> = new Set(gpuSampleColumns)

type Table = Pick<SeriesTable<string>, 'name' | 'doc' | 'signals'>

/** A section of the page of products whose metrics Weir reads: title, head and rows of a table. */
export interface ProductSection {
  title: string
  intro: string
  head: readonly string[]
  rows: readonly (readonly string[])[]
}

/** Everything whose metrics are read and what is read of it, from the tables that do it. */
export function productSections(): readonly ProductSection[] {
  const engineRows = engines.map(engine => {
    const names = [engine.name, ...(engine.aliases ?? [])].map(name => `\`${name}\``).join(', ')
    return [names, engine.needsHint ? 'yes' : 'no', engine.doc, readingsOf(engine)]
  })
  const ollama = ['`ollama`', 'no', 'Ollama `/api/ps` (JSON), which lists the models that are loaded.', 'none but that the model is there']
  return [
    {
      title: 'Engines → `engine_samples_raw`',
      intro:
        'Names are those that the target label or parameter `engine` takes. Where the name is needed, the series themselves do not ' +
        'tell. Of several on one endpoint one is read.',
      head: ['name', 'name needed', 'what is read', 'columns'],
      rows: [...engineRows, ollama],
    },
    {
      title: 'Gateways and endpoint pickers → `gateway_samples_raw`',
      intro: 'They stand beside the access log and are never added to it or to the engines behind them.',
      head: ['product', 'what is read', 'columns'],
      rows: gatewayTables.map(rowOf),
    },
    {
      title: 'GPUs → `gpu_samples_raw`',
      intro: 'The pool is the label `pool` of a series, else that of the target; pod and namespace are kept where the exporter knows them.',
      head: ['product', 'what is read', 'columns'],
      rows: gpuTables.map(gpus => rowOf({ ...gpus, signals: gpus.signals.filter(rule => gpuColumns.has(rule.to)) })),
    },
  ]
}

function rowOf(table: Table): readonly string[] {
  return [`\`${table.name}\``, table.doc, readingsOf(table)]
}

function readingsOf(table: Table): string {
  return [...new Set(table.signals.map(rule => rule.to))].map(column => `\`${column}\``).join(', ')
}
