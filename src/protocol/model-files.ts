/** Reads the generated files of `models/`, each when first asked for and once. The only input or output of the lower layers. */
import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { decodeAuthorization, type AuthorizationCatalogue } from '../model/authorization.ts'
import { decodeModel, type CompactModel } from '../model/decode-model.ts'
import { decodeManagedPolicies, type ManagedPolicies } from '../model/managed-policies.ts'
import type { ServiceModel } from '../model/model.ts'

const folder = new URL('../../models/', import.meta.url)
const models = new Map<string, ServiceModel>()
let managedPolicies: ManagedPolicies | undefined
let authorization: AuthorizationCatalogue | undefined

/** The model of a service by our name for it. The names come from our own tables, never from a request. Throws where there is no such file. */
export function readModel(service: string): ServiceModel {
  const known = models.get(service)
  if (known !== undefined) return known
  const compact: CompactModel = JSON.parse(readFileSync(new URL(`${service}.json`, folder), 'utf8'))
  const model = decodeModel(compact)
  models.set(service, model)
  return model
}

export function readManagedPolicies(): ManagedPolicies {
  managedPolicies ??= decodeManagedPolicies(readFileSync(new URL('managed-policies.archive', folder)), brotliDecompressSync)
  return managedPolicies
}

export function readAuthorization(): AuthorizationCatalogue {
  authorization ??= decodeAuthorization(readFileSync(new URL('authorization.archive', folder)), brotliDecompressSync)
  return authorization
}
