/** Holds the tables of services against the service models, at every start: a table that does not fit stops it. */
import type { ServiceModel } from '../model/model.ts'
import { readModel } from '../protocol/model-files.ts'
import { services } from '../services/index.ts'
import type { Service } from '../services/service.ts'

/** What the models have and the tables do not, as `service:Operation` in the models' order. */
export function missingOperations(): readonly string[] {
  return [...services.values()].flatMap(({ name, operations }) => {
    const known = new Set(operations.map((operation) => operation.name))
    return [...readModel(name).operations.keys()].filter((one) => !known.has(one)).map((one) => `${name}:${one}`)
  })
}

/** The models of all services, each with a table that fits it. */
export const servedModels = (): readonly ServiceModel[] =>
  [...services.values()].map((service) => {
    const model = readModel(service.name)
    checkService(service, model)
    return model
  })

/**
 * Throws where a table has an operation that its model has not, or twice, or one whose caller would be nobody: what nobody signs must
 * identify its caller by the input, and nothing else may.
 */
export function checkService({ name, operations }: Service, model: ServiceModel): void {
  const known = new Set<string>()
  for (const operation of operations) {
    const modelled = operation.service === name ? model.operations.get(operation.name) : undefined
    if (modelled === undefined) throw new Error(`${operation.service}:${operation.name} is not an operation of ${name}`)
    if (known.has(operation.name)) throw new Error(`${name}:${operation.name} stands twice in its table`)
    known.add(operation.name)
    const identifies = operation.identify !== undefined
    if (modelled.unsigned && !identifies) throw new Error(`${name}:${operation.name} is called by nobody: it does not identify`)
    if (!modelled.unsigned && identifies) throw new Error(`${name}:${operation.name} is signed and identifies its caller besides`)
  }
}
