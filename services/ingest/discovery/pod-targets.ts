import Type, { type Static } from 'typebox'
import { type Target, targetAt } from '../targets.ts'
import type { KubernetesSource } from './targets-config.ts'

const Texts = Type.Optional(Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()]))

/** A pod of the Kubernetes API (v1), as far as it is read. */
export const Pod = Type.Object({
  metadata: Type.Object({
    name: Type.String(),
    namespace: Type.Optional(Type.String()),
    deletionTimestamp: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    labels: Texts,
    annotations: Texts,
  }),
  spec: Type.Optional(
    Type.Object({
      containers: Type.Optional(
        Type.Array(
          Type.Object({
            ports: Type.Optional(
              Type.Union([
                Type.Array(
                  Type.Object({
                    containerPort: Type.Integer(),
                    name: Type.Optional(Type.String()),
                    protocol: Type.Optional(Type.String()),
                  }),
                ),
                Type.Null(),
              ]),
            ),
          }),
        ),
      ),
    }),
  ),
  status: Type.Optional(Type.Object({ phase: Type.Optional(Type.String()), podIP: Type.Optional(Type.String()) })),
})
export type Pod = Static<typeof Pod>

/**
 * Where `from_pod` does not say otherwise. Kubernetes writes the region of the node onto its pods from version
 * 1.35 on; others copy it there.
 */
const DEFAULT_SOURCES = { region: 'topology.kubernetes.io/region' } as const
const NUMBER = /^\d{1,5}$/

/** The target of a pod; undefined: it is not to be read now; a text: it should be, but this is missing. */
export function podTarget(pod: Pod, source: KubernetesSource): Target | string | undefined {
  const { metadata, status } = pod
  const annotations = metadata.annotations ?? {}
  if (status?.phase !== 'Running' || !status.podIP || metadata.deletionTimestamp) return undefined
  if (annotations['prometheus.io/scrape'] === 'false') return undefined
  const port = portOf(pod, source.port)
  if (port === undefined) return 'no port: name one with "port", or with the annotation prometheus.io/port'
  const labels: Record<string, string> = { ...source.labels }
  for (const [fact, name] of Object.entries({ ...DEFAULT_SOURCES, ...source.from_pod })) {
    const value = metadata.labels?.[name] ?? annotations[name]
    if (value) labels[fact] = value
  }
  const { 'prometheus.io/path': path, 'prometheus.io/scheme': scheme } = annotations
  if (path) labels['__metrics_path__'] = path
  if (scheme) labels['__scheme__'] = scheme
  const host = status.podIP.includes(':') ? `[${status.podIP}]` : status.podIP
  const { target, faults } = targetAt(`${host}:${port}`, labels)
  return faults.length === 0 ? target : faults.join('; ')
}

/** The pod's own word first, then the port that the source names or numbers, then the only one that its containers declare. */
function portOf({ metadata, spec }: Pod, wanted: number | string | undefined): number | undefined {
  const annotated = metadata.annotations?.['prometheus.io/port']
  if (annotated !== undefined) return NUMBER.test(annotated) ? Number(annotated) : undefined
  if (typeof wanted === 'number') return wanted
  const declared = (spec?.containers ?? []).flatMap(({ ports }) => ports ?? []).filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP')
  if (wanted !== undefined) return declared.find(({ name }) => name === wanted)?.containerPort
  return declared.length === 1 ? declared[0]?.containerPort : undefined
}
