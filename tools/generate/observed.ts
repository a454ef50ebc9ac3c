/** Where AWS's own answers differ from its models: the model is told, so that types and texts are those of the answers. */
import type { BotocoreModel, BotocoreShape } from './botocore.ts'

type Correction = {
  /** Members that the model says are required, and that answers may leave out. */
  readonly optional?: readonly string[]
  readonly enum?: readonly string[]
}

/** By service and shape, each with where it is known from. */
const OBSERVED: Readonly<Record<string, Readonly<Record<string, Correction>>>> = {
  iam: {
    // The root user has no path, and a name only where the account has an alias (answers of GetUser pasted in brendanhay/amazonka #102).
    User: { optional: ['Path', 'UserName'] },
    // "This data type can only have a value of Policy" (API reference, AttachedPermissionsBoundary; so also AWS's example of create-user,
    // and answers pasted in awsdocs/iam-user-guide #82 and iann0036/former2 #96). The value that the model names was never seen.
    PermissionsBoundaryAttachmentType: { enum: ['Policy'] },
  },
}

/** The model as AWS answers by it. */
export function asObserved(service: string, model: BotocoreModel): BotocoreModel {
  const shapes = { ...model.shapes }
  for (const [name, correction] of Object.entries(OBSERVED[service] ?? {})) {
    const shape = shapes[name]
    if (shape === undefined) throw new Error(`${service} has no shape ${name}`)
    shapes[name] = corrected(shape, correction)
  }
  return { ...model, shapes }
}

function corrected(shape: BotocoreShape, { optional = [], enum: values }: Correction): BotocoreShape {
  const required = shape.required?.filter((member) => !optional.includes(member))
  return { ...shape, ...(required !== undefined && { required }), ...(values !== undefined && { enum: values }) }
}
