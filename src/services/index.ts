/** The table of services. A service that is not in it does not exist for callers. */
import { accessAnalyzer } from './access-analyzer/index.ts'
import { iamToolbox } from './iam-toolbox/index.ts'
import { iam } from './iam/index.ts'
import type { Operation } from './operation.ts'
import { organizations } from './organizations/index.ts'
import type { Service } from './service.ts'
import { sts } from './sts/index.ts'

export const services: ReadonlyMap<string, Service> = new Map(
  [iam, sts, accessAnalyzer, organizations, iamToolbox].map((service) => [service.name, service]),
)

const operations: ReadonlyMap<string, Operation> = new Map(
  [...services.values()].flatMap(({ name, operations: list }) =>
    list.map((operation) => [`${name}:${operation.name}`, operation]),
  ),
)

/** The operation by its name in the service model; undefined where it is not implemented. */
export function findOperation(service: string, name: string): Operation | undefined {
  return operations.get(`${service}:${name}`)
}
