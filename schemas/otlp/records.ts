import type { PlainMessage } from '../protobuf/read-binary.ts'
import type { SignalShape } from './signals.ts'

/**
 * One record with what it stands in. `resourceGroup` and `scopeGroup` are the group's members without its records, the
 * same object for all of a group.
 */
export interface OtlpRecord {
  resourceGroup: PlainMessage
  scopeGroup: PlainMessage
  record: PlainMessage
}

/** Gives the records of an export request in order. */
export function* recordsOf(request: PlainMessage, shape: SignalShape): Generator<OtlpRecord> {
  for (const resourceMember of listAt(request, shape.resources)) {
    const { [shape.scopes]: _scopes, ...resourceGroup } = resourceMember
    for (const scopeMember of listAt(resourceMember, shape.scopes)) {
      const { [shape.records]: _records, ...scopeGroup } = scopeMember
      for (const record of listAt(scopeMember, shape.records)) yield { resourceGroup, scopeGroup, record }
    }
  }
}

/** An export request that holds this one record: what a dialect reads as a line. */
export function requestOf({ resourceGroup, scopeGroup, record }: OtlpRecord, shape: SignalShape): PlainMessage {
  return { [shape.resources]: [{ ...resourceGroup, [shape.scopes]: [{ ...scopeGroup, [shape.records]: [record] }] }] }
}

function listAt(message: PlainMessage, name: string): readonly PlainMessage[] {
  return (message[name] as readonly PlainMessage[] | undefined) ?? []
}
