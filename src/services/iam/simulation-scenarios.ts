/** Scenarios of the simulator: resources that one call needs together (IAM API reference, SimulateCustomPolicy, ResourceHandlingOption). */
import { parseArn } from '../../aws/arn.ts'
import { invalidInput } from './errors.ts'

const CLASSIC = ['instance', 'image', 'security-group']
const VPC = [...CLASSIC, 'network-interface']

/** The types of EC2 resources that must be among the simulated ones. */
const SCENARIOS: ReadonlyMap<string, readonly string[]> = new Map([
  ['EC2-Classic-InstanceStore', CLASSIC],
  ['EC2-Classic-EBS', [...CLASSIC, 'volume']],
  ['EC2-VPC-InstanceStore', VPC],
  ['EC2-VPC-InstanceStore-Subnet', [...VPC, 'subnet']],
  ['EC2-VPC-EBS', [...VPC, 'volume']],
  ['EC2-VPC-EBS-Subnet', [...VPC, 'subnet', 'volume']],
])

/** Throws InvalidInput where the option is unknown or one of its resources is not simulated. The texts are ours. */
export function mustHaveResourcesOf(option: string, resources: readonly string[]): void {
  const needed = SCENARIOS.get(option)
  if (needed === undefined) throw invalidInput(`Invalid resource handling option: ${option}`)
  const types = resources
    .map((arn) => parseArn(arn))
    .map((arn) => (arn?.service === 'ec2' ? arn.resource.split('/')[0] : undefined))
  const missing = needed.find((type) => !types.includes(type))
  if (missing !== undefined)
    throw invalidInput(`The resource handling option ${option} requires a resource of the type ${missing}.`)
}
