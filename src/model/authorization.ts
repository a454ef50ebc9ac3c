/** The Service Authorization Reference: which actions, resource types and condition keys each AWS service has. One service is decoded at a time. */
import { openArchive, type Decompress } from './archive.ts'

export type AccessLevel = 'List' | 'Read' | 'Write' | 'Tagging' | 'Permissions management'

export type ActionResource = { readonly type: string; readonly required: boolean; readonly conditionKeys: readonly string[] }
export type Action = {
  /** As AWS writes it, without the prefix: `CreateUser`. */
  readonly name: string
  readonly accessLevel: AccessLevel
  /** Empty where the action knows no resource but `*`. */
  readonly resources: readonly ActionResource[]
  readonly conditionKeys: readonly string[]
}
export type ResourceType = {
  readonly name: string
  /** With placeholders: `arn:${Partition}:iam::${Account}:user/${UserNameWithPath}`. */
  readonly arn: string
  readonly conditionKeys: readonly string[]
}
/** `String`, `ARN`, `Bool`, `Numeric`, `Date`, `IPAddress`, or `ArrayOf` one of them. */
export type ConditionKey = { readonly name: string; readonly type: string }

export type ServiceAuthorization = {
  /** Keyed by lower-case name: action names match without regard to case. */
  readonly actions: ReadonlyMap<string, Action>
  readonly resourceTypes: ReadonlyMap<string, ResourceType>
  /** Keyed by lower-case name. Placeholders stay: `aws:requesttag/${tagkey}`. */
  readonly conditionKeys: ReadonlyMap<string, ConditionKey>
}

export type AuthorizationCatalogue = {
  /** Action prefix to the service's title. */
  readonly services: ReadonlyMap<string, string>
  readonly globalConditionKeys: readonly ConditionKey[]
  /** A service by its action prefix, in any case; undefined where AWS has no such service. */
  service(prefix: string): ServiceAuthorization | undefined
}

type KeyRow = readonly [string, string]
type Index = { readonly services: readonly (readonly [string, string])[]; readonly keys: readonly KeyRow[] }
type Block = {
  readonly actions: readonly (readonly [
    string,
    AccessLevel,
    readonly (readonly [string, readonly string[]])[],
    readonly string[],
  ])[]
  readonly resources: readonly (readonly [string, string, readonly string[]])[]
  readonly keys: readonly KeyRow[]
}

/** `bytes` is the content of `models/authorization.archive`. Decoded services are kept: there are 456, and few are asked for. */
export function decodeAuthorization(bytes: Uint8Array, decompress: Decompress): AuthorizationCatalogue {
  const archive = openArchive<Index>(bytes, decompress)
  const { services, keys } = archive.index
  const numbers = new Map(services.map(([prefix], number) => [prefix, number]))
  const decoded = new Map<number, ServiceAuthorization>()
  return {
    services: new Map(services),
    globalConditionKeys: keys.map(decodeKey),
    service(prefix) {
      const number = numbers.get(prefix.toLowerCase())
      if (number === undefined) return undefined
      const known = decoded.get(number) ?? decodeBlock(JSON.parse(archive.block(number)))
      decoded.set(number, known)
      return known
    },
  }
}

const decodeKey = ([name, type]: KeyRow): ConditionKey => ({ name, type })

function decodeBlock({ actions, resources, keys }: Block): ServiceAuthorization {
  return {
    actions: new Map(
      actions.map(([name, accessLevel, types, conditionKeys]) => [
        name.toLowerCase(),
        { name, accessLevel, resources: types.map(decodeResource), conditionKeys },
      ]),
    ),
    resourceTypes: new Map(resources.map(([name, arn, conditionKeys]) => [name, { name, arn, conditionKeys }])),
    conditionKeys: new Map(keys.map((row) => [row[0].toLowerCase(), decodeKey(row)])),
  }
}

/** A star after the type marks the resources that the action cannot do without, as in AWS's tables. */
function decodeResource([type, conditionKeys]: readonly [string, readonly string[]]): ActionResource {
  const required = type.endsWith('*')
  return { type: required ? type.slice(0, -1) : type, required, conditionKeys }
}
