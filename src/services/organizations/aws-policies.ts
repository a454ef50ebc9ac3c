/** The two policies of AWS's own that every organization has: they allow everything, so that other policies may deny. */
import { PARTITION } from '../../aws/arn.ts'
import type { PolicyRow } from './policies.rows.ts'

/** The types of policy that this server enforces. */
export type EnforcedType = 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY'

export const isEnforced = (type: string): type is EnforcedType => Object.hasOwn(FULL_ACCESS, type)

const aws = (
  type: EnforcedType,
  name: string,
  details: { readonly description: string; readonly statement: object },
): PolicyRow => ({
  id: `p-${name}`,
  type,
  name,
  description: details.description,
  content: JSON.stringify({ Version: '2012-10-17', Statement: [details.statement] }),
  tags: '[]',
  created_at: 0,
  updated_at: null,
})

/** By type. Both as `DescribePolicy` answers on AWS. */
export const FULL_ACCESS: Readonly<Record<EnforcedType, PolicyRow>> = {
  SERVICE_CONTROL_POLICY: aws('SERVICE_CONTROL_POLICY', 'FullAWSAccess', {
    description: 'Allows access to every operation',
    statement: { Effect: 'Allow', Action: '*', Resource: '*' },
  }),
  RESOURCE_CONTROL_POLICY: aws('RESOURCE_CONTROL_POLICY', 'RCPFullAWSAccess', {
    description: 'Allows access to every resource',
    statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
  }),
}

const BY_ID: ReadonlyMap<string, PolicyRow> = new Map(Object.values(FULL_ACCESS).map((row) => [row.id, row]))

/** A policy of AWS's own by its id. */
export const awsPolicy = (id: string): PolicyRow | undefined => BY_ID.get(id)

/** `arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess`. */
export const awsPolicyArn = ({ type, id }: Pick<PolicyRow, 'type' | 'id'>): string =>
  `arn:${PARTITION}:organizations::aws:policy/${type.toLowerCase()}/${id}`
