/**
 * A host's GPUs as NVIDIA's DCGM exporter writes them (`etc/default-counters.csv`, with the profiling metric of the compute engine switched
 * on): names, types and labels follow the derived sample of its exposition.
 */
import type { GpuReading } from '../gpu-meter.ts'

/** Text of one scrape, ending with a line break; content type `text/plain; version=0.0.4`. */
export function renderDcgmExposition(reading: GpuReading): string {
  const { gpus, active_ratio: active } = reading
  const lines: string[] = []
  const gauge = (name: string, help: string, value: string) => {
    lines.push(`# HELP DCGM_FI_${name} ${help}`, `# TYPE DCGM_FI_${name} gauge`)
    for (let index = 0; index < gpus; index++) lines.push(`DCGM_FI_${name}{${labelsOf(reading, index)}} ${value}`)
  }
  // Anything that runs counts for the utilisation, only work of the compute engine for the other.
  gauge('DEV_GPU_UTIL', 'GPU utilization (in %).', String(Math.ceil(100 * active)))
  gauge('PROF_GR_ENGINE_ACTIVE', 'Ratio of time the graphics engine is active.', active.toFixed(6))
  return `${lines.join('\n')}\n`
}

function labelsOf({ host, gpu_model, pool }: GpuReading, index: number): string {
  const bus = index.toString(16).padStart(2, '0').toUpperCase()
  const labels = {
    gpu: index,
    UUID: uuidOf(host, index),
    pci_bus_id: `00000000:${bus}:00.0`,
    device: `nvidia${index}`,
    modelName: gpu_model,
    Hostname: `gpu-${host.replaceAll('.', '-')}`,
    DCGM_FI_DRIVER_VERSION: '580.65.06',
    container: 'vllm',
    namespace: 'llm',
    pod: `${pool}-${host.replaceAll('.', '-')}`,
  }
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')
}

/** Made up, and the same for the same GPU. */
function uuidOf(host: string, index: number): string {
  const bytes = host.split('.').map(part => Number(part).toString(16).padStart(2, '0'))
  return `GPU-${bytes.join('')}-0000-4000-8000-${String(index).padStart(12, '0')}`
}
