/** The actions, resource types and condition keys of AWS's services, as the checks ask for them. `AuthorizationCatalogue` of the model fits. */
import type { Statement, Text } from '../document.ts'
import { hasWildcard, matches, patternOf } from '../glob.ts'
import { GUIDE_KEYS, keyFact } from '../keys.ts'

export type CatalogueKey = { readonly name: string; readonly type: string }
export type CatalogueAction = {
  readonly name: string
  readonly resources: readonly { readonly type: string; readonly conditionKeys: readonly string[] }[]
  readonly conditionKeys: readonly string[]
}
export type CatalogueService = {
  /** By lower-case name. */
  readonly actions: ReadonlyMap<string, CatalogueAction>
  /** ARNs with placeholders: `arn:${Partition}:iam::${Account}:user/${UserNameWithPath}`. */
  readonly resourceTypes: ReadonlyMap<
    string,
    { readonly name: string; readonly arn: string; readonly conditionKeys: readonly string[] }
  >
  /** By lower-case name, placeholders included. */
  readonly conditionKeys: ReadonlyMap<string, CatalogueKey>
}
/** What is known of AWS's services. `keyreeve/catalogue` reads one from the package. */
export type Catalogue = {
  /** Names of services by their prefixes. */
  readonly services: ReadonlyMap<string, string>
  readonly globalConditionKeys: readonly CatalogueKey[]
  service(prefix: string): CatalogueService | undefined
}

/** `s3:GetObject` as its prefix and name; undefined for `*` and for what is no action. */
function splitAction(action: string): { readonly prefix: string; readonly name: string } | undefined {
  const colon = action.indexOf(':')
  return colon < 1 ? undefined : { prefix: action.slice(0, colon), name: action.slice(colon + 1) }
}

/** The actions of a service that a name takes in, wildcards and all. */
export function actionsNamed(service: CatalogueService, name: string): readonly CatalogueAction[] {
  const wanted = name.toLowerCase()
  if (!hasWildcard(wanted)) {
    const action = service.actions.get(wanted)
    return action === undefined ? [] : [action]
  }
  const pattern = patternOf([{ text: wanted, literal: false }])
  return [...service.actions].filter(([known]) => matches(pattern, known)).map(([, action]) => action)
}

/** Whether an action of a policy takes in the one named: both without regard to case. */
export function takesIn(action: string, wanted: string): boolean {
  return matches(patternOf([{ text: action.toLowerCase(), literal: false }]), wanted.toLowerCase())
}

/** The name and the type of a condition key, by its name in any case; undefined where AWS has no such key. */
export function conditionKeyNamed(catalogue: Catalogue, key: string): CatalogueKey | undefined {
  const wanted = key.toLowerCase()
  const found = globalKeyNamed(catalogue, wanted)
  if (found !== undefined || wanted.startsWith('aws:')) return found
  const service = catalogue.service(wanted.slice(0, Math.max(wanted.indexOf(':'), 0)))
  if (service === undefined) return undefined
  return service.conditionKeys.get(wanted) ?? [...service.conditionKeys.values()].find(({ name }) => isKey(name, wanted))
}

/** A key that requests to any service may have, by its name in lower case: those of the catalogue, and what the user guide has beside them. */
export function globalKeyNamed({ globalConditionKeys }: Catalogue, wanted: string): CatalogueKey | undefined {
  const found = globalConditionKeys.find(({ name }) => isKey(name, wanted))
  if (found !== undefined) return found
  const fact = GUIDE_KEYS.has(wanted) ? keyFact(wanted) : undefined
  return fact && { name: fact.name, type: fact.multivalued ? `ArrayOf${fact.type}` : fact.type }
}

/** Names that end in a key of one's own are written `aws:ResourceTag/${TagKey}`, `…/tag-key` or `…/<key>`. */
const OWN_KEY = /\$\{[^}]*\}.*$|<[^>]*>.*$|(?<=\/)(?:tag-key|key)$/

/** Whether a key, in lower case, is the one that the catalogue names: names may end in a key of one's own, or hold a placeholder. */
export function isKey(name: string, wanted: string): boolean {
  const lower = name.toLowerCase()
  const own = lower.search(OWN_KEY)
  return own < 0 ? lower === wanted : wanted.length > own && wanted.startsWith(lower.slice(0, own))
}

/** Keys of one's own without the key: `aws:ResourceTag` and `aws:ResourceTag/`. The part before the tag, slash included. */
export function tagKeyPrefix(catalogue: Catalogue, key: string): string | undefined {
  const wanted = key.toLowerCase().replace(/\/$/, '')
  const known = catalogue.globalConditionKeys.find(({ name }) => {
    const own = name.toLowerCase().search(OWN_KEY)
    return own > 0 && name.toLowerCase().slice(0, own - 1) === wanted
  })
  return known === undefined ? undefined : known.name.slice(0, known.name.search(OWN_KEY))
}

/** Every condition key that an action knows, its own and those of its resources, as the catalogue names them. */
export function keysOf(action: CatalogueAction, service: CatalogueService): readonly string[] {
  const ofResources = action.resources.flatMap(({ type, conditionKeys }) => [
    ...conditionKeys,
    ...(service.resourceTypes.get(type)?.conditionKeys ?? []),
  ])
  return [...action.conditionKeys, ...ofResources]
}

/** Every text of `Action` or `NotAction` with its parts. */
export function actionsOf({ action }: Statement): readonly (Text & { readonly prefix: string; readonly name: string })[] {
  return action.values.flatMap((text) => {
    const parts = splitAction(text.text)
    return parts === undefined ? [] : [{ ...text, ...parts }]
  })
}
