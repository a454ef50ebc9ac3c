/** What policies could allow, service by service: pure, so that it runs in the thread that asks or in one of its own. */
import { compileText, type CompiledPolicy } from '../../policy/compile.ts'
import { grantsAny, grantsOf, refusesEverywhere, type ServiceGrant } from '../../policy/granted-actions.ts'
import { readAuthorization } from '../../protocol/model-files.ts'
import { trackedActions } from './tracked-actions.ts'

/** Plain data, which crosses to another thread. */
export type AskedAccess = { readonly documents: readonly string[] } & (
  | { readonly about: 'services'; readonly withActions: boolean }
  | { readonly about: 'policies'; readonly namespaces: readonly string[] }
)

/** A service that the policies could allow, with its tracked actions that they could, where they were asked for. */
export type GrantedService = { readonly namespace: string; readonly actions: readonly string[] }

export type SaidAccess = {
  /** In the order of their namespaces. */
  readonly services: readonly GrantedService[]
  /** For each of the namespaces, of each document whether it grants an action that none of them refuses. */
  readonly granting: readonly (readonly boolean[])[]
}

/** The namespaces of all AWS services, sorted. */
export const allServices = (): readonly string[] => [...readAuthorization().services.keys()].toSorted()

/** The names of a service's actions, in lower case. */
export const actionNames = (namespace: string): Iterable<string> => readAuthorization().service(namespace)?.actions.keys() ?? []

/** Throws `TooMuchWork`. */
export function grantedAccess(asked: AskedAccess): SaidAccess {
  const source = { id: 'report', name: 'report', type: 'managed' } as const
  const policies = asked.documents.map((document) => compileText(document, 'identity', source))
  if (asked.about === 'services') return { services: grantedServices(policies, asked.withActions), granting: [] }
  // The same service may be asked for more than once.
  const known = new Map<string, readonly boolean[]>()
  for (const namespace of asked.namespaces)
    if (!known.has(namespace)) known.set(namespace, grantingPolicies(policies, namespace.toLowerCase()))
  return { services: [], granting: asked.namespaces.map((namespace) => known.get(namespace) ?? []) }
}

function grantedServices(policies: readonly CompiledPolicy[], withActions: boolean): readonly GrantedService[] {
  const grants = grantsOf(policies)
  return allServices().flatMap((namespace): readonly GrantedService[] => {
    const grant = grants(namespace)
    if (!grantsAny(grant, namespace, () => actionNames(namespace))) return []
    return [{ namespace, actions: withActions ? grantedActions(namespace, grant) : [] }]
  })
}

const grantedActions = (namespace: string, grant: ServiceGrant): readonly string[] =>
  trackedActions(namespace).filter((name) => typeof grant !== 'function' || grant(`${namespace}:${name.toLowerCase()}`))

function grantingPolicies(policies: readonly CompiledPolicy[], service: string): readonly boolean[] {
  const about = policies.map(({ statements }) => statements.filter(({ services }) => services?.has(service) !== false))
  const refusals = about.flat().filter(refusesEverywhere)
  const open = [...actionNames(service)]
    .map((name) => `${service}:${name}`)
    .filter((action) => !refusals.some(({ matchesAction }) => matchesAction(action)))
  return about.map((statements) =>
    statements.some(({ effect, matchesAction }) => effect === 'Allow' && open.some((action) => matchesAction(action))),
  )
}
