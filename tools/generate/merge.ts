/** Merges botocore's model with the SDK's schemas: botocore's word counts, the SDK adds the operations, shapes and members that botocore does not have yet. */
import type { BotocoreModel, BotocoreOperation, BotocoreRef, BotocoreShape } from './botocore.ts'
import type { SdkModel } from './sdk.ts'

/** The merged model, in botocore's form. */
export function merge(botocore: BotocoreModel, sdk: SdkModel | undefined): BotocoreModel {
  if (sdk === undefined) return botocore
  const operations: Record<string, BotocoreOperation> = {}
  for (const name of Object.keys({ ...botocore.operations, ...sdk.operations }).toSorted()) {
    const known = botocore.operations[name]
    const added = sdk.operations[name]
    if (known !== undefined) operations[name] = known
    else if (added !== undefined) operations[name] = withWrapper(name, added, botocore.metadata.protocol)
  }
  const shapes: Record<string, BotocoreShape> = { ...sdk.shapes, ...botocore.shapes }
  for (const [name, shape] of Object.entries(botocore.shapes)) shapes[name] = mergeShape(shape, sdk.shapes[name])
  return { ...botocore, operations, shapes }
}

/** The Query protocol wraps each result in `<OperationResult>`; the SDK's schemas leave this rule unsaid. */
function withWrapper(name: string, operation: BotocoreOperation, protocol: string): BotocoreOperation {
  if (protocol !== 'query' || operation.output === undefined) return operation
  return { ...operation, output: { ...operation.output, resultWrapper: `${name}Result` } }
}

function mergeShape(known: BotocoreShape, added: BotocoreShape | undefined): BotocoreShape {
  if (known.members === undefined || added?.members === undefined) return known
  const have = new Set(Object.keys(known.members).map((name) => name.toLowerCase()))
  const extra: Record<string, BotocoreRef> = {}
  for (const [name, ref] of Object.entries(added.members)) if (!have.has(name.toLowerCase())) extra[name] = ref
  const error = known.exception === true ? { error: { ...added.error, ...known.error } } : {}
  return { ...known, ...error, members: { ...known.members, ...extra } }
}
