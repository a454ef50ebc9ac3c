/**
 * Services, each loaded when it is first asked for. The writing thread has use for few of them, and for none until something is written:
 * without them it takes a third of the memory and of the time to start. The first write to a service waits for its modules once.
 */
import type { Operation, ServiceName } from './operation.ts'
import type { Service } from './service.ts'

const LOAD: Readonly<Record<ServiceName, () => Promise<Service>>> = {
  iam: async () => (await import('./iam/index.ts')).iam,
  sts: async () => (await import('./sts/index.ts')).sts,
  organizations: async () => (await import('./organizations/index.ts')).organizations,
  'access-analyzer': async () => (await import('./access-analyzer/index.ts')).accessAnalyzer,
  'iam-toolbox': async () => (await import('./iam-toolbox/index.ts')).iamToolbox,
}

/** By name, of the services that were asked for. */
const loaded = new Map<ServiceName, Promise<ReadonlyMap<string, Operation>>>()

/** The operation by its name in the service model; undefined where it is not implemented. */
export async function loadOperation(service: ServiceName, name: string): Promise<Operation | undefined> {
  const operations = loaded.get(service) ?? loadOperations(service)
  loaded.set(service, operations)
  return (await operations).get(name)
}

const loadOperations = async (service: ServiceName): Promise<ReadonlyMap<string, Operation>> =>
  new Map((await LOAD[service]()).operations.map((operation) => [operation.name, operation]))
