/** Where AWS's own answers differ from its models: the model is told, so that types and texts are those of the answers. */
import type { BotocoreModel, BotocoreShape } from './botocore.ts'

type Correction = {
  /** Members that the model says are required, and that answers may leave out. */
  readonly optional?: readonly string[]
  readonly enum?: readonly string[]
  /** Members that are dates with milliseconds, where all others have whole seconds. */
  readonly milliseconds?: readonly string[]
}

// `"JobCreationDate": "2019-10-01T03:50:35.929Z"` beside `"LastAuthenticated": "2019-09-30T23:02:00Z"` (AWS's examples of the three commands;
// so also test_iam_user_usage, recorded by cloud-custodian).
const REPORT: Correction = { milliseconds: ['JobCreationDate', 'JobCompletionDate'] }

/** By service and shape, each with where it is known from. */
const OBSERVED: Readonly<Record<string, Readonly<Record<string, Correction>>>> = {
  iam: {
    // The root user has no path, and a name only where the account has an alias (answers of GetUser pasted in brendanhay/amazonka #102).
    User: { optional: ['Path', 'UserName'] },
    // "This data type can only have a value of Policy" (API reference, AttachedPermissionsBoundary; so also AWS's example of create-user,
    // and answers pasted in awsdocs/iam-user-guide #82 and iann0036/former2 #96). The value that the model names was never seen.
    PermissionsBoundaryAttachmentType: { enum: ['Policy'] },
    GetServiceLastAccessedDetailsResponse: REPORT,
    GetServiceLastAccessedDetailsWithEntitiesResponse: REPORT,
    GetOrganizationsAccessReportResponse: REPORT,
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

function corrected(shape: BotocoreShape, { optional = [], enum: values, milliseconds = [] }: Correction): BotocoreShape {
  const required = shape.required?.filter((member) => !optional.includes(member))
  const precise = Object.entries(shape.members ?? {})
    .filter(([name]) => milliseconds.includes(name))
    .map(([name, ref]) => [name, { ...ref, timestampFormat: 'iso8601Milliseconds' }])
  return {
    ...shape,
    ...(required !== undefined && { required }),
    ...(values !== undefined && { enum: values }),
    ...(precise.length > 0 && { members: { ...shape.members, ...Object.fromEntries(precise) } }),
  }
}
