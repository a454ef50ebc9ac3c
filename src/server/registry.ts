/** Holds the tables of services against the service models: an operation that no model has stops the start. */
import type { ServiceModel } from '../model/model.ts'
import { readModel } from '../protocol/model-files.ts'
import { services } from '../services/index.ts'

/** What the models have and the tables do not, as `service:Operation` in the models' order. Throws where a table has what its model has not. */
export function missingOperations(): readonly string[] {
  return [...services.values()].flatMap(({ name, operations }) => {
    const model = readModel(name)
    const known = new Set<string>()
    for (const operation of operations) {
      if (operation.service !== name || !model.operations.has(operation.name))
        throw new Error(`${operation.service}:${operation.name} is not an operation of ${name}`)
      if (known.has(operation.name)) throw new Error(`${name}:${operation.name} stands twice in its table`)
      known.add(operation.name)
    }
    return [...model.operations.keys()].filter((operation) => !known.has(operation)).map((operation) => `${name}:${operation}`)
  })
}

/** The models of all services of the table. */
export const servedModels = (): readonly ServiceModel[] => [...services.keys()].map(readModel)
