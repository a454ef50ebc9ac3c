/** The faults that IAM throws, in AWS's words. Texts recorded from AWS in 2026 unless a line says otherwise. */
import { Fault } from '../../aws/fault.ts'

const missing = (text: string): Fault => new Fault('NoSuchEntity', text)
const taken = (text: string): Fault => new Fault('EntityAlreadyExists', text)

/** NoSuchEntity (HTTP 404), by what is missing. */
export const noSuchEntity = {
  user: (name: string) => missing(`The user with name ${name} cannot be found.`),
  group: (name: string) => missing(`The group with name ${name} cannot be found.`),
  role: (name: string) => missing(`The role with name ${name} cannot be found.`),
  loginProfile: (userName: string) => missing(`Login Profile for User ${userName} cannot be found.`),
  accessKey: (id: string) => missing(`The Access Key with id ${id} cannot be found.`),
  /** GetAccountPasswordPolicy. */
  passwordPolicy: (accountId: string) => missing(`The Password Policy with domain name ${accountId} cannot be found.`),
  /** DeleteAccountPasswordPolicy. */
  accountPolicy: () => missing('The account policy with name PasswordPolicy cannot be found.'),
  /** Inferred from the wording of the others. */
  accountAlias: (alias: string) => missing(`The account alias with name ${alias} cannot be found.`),
  /** An inline policy of a user or a group. */
  inlinePolicy: (owner: 'user' | 'group' | 'role', name: string) =>
    missing(`The ${owner} policy with name ${name} cannot be found.`),
  /** All that name a managed policy and are not listed below; Detach*Policy also where the policy exists and is not attached. */
  policy: (arn: string) => missing(`Policy ${arn} was not found.`),
  /** GetPolicyVersion, DeletePolicyVersion, SetDefaultPolicyVersion, also where the policy itself is missing. */
  policyVersion: (arn: string, versionId: string) =>
    missing(`Policy ${arn} version ${versionId} does not exist or is not attachable.`),
  /** Attach*Policy and ListEntitiesForPolicy. */
  notAttachable: (arn: string) => missing(`Policy ${arn} does not exist or is not attachable.`),
  boundaryPolicy: (arn: string) => missing(`Scope ARN: ${arn} does not exist or is not attachable.`),
  instanceProfile: (name: string) => missing(`Instance Profile ${name} cannot be found.`),
  roleInProfile: (role: string, profile: string) => missing(`Role ${role} in Instance Profile ${profile} cannot be found.`),
  /** GetServiceLinkedRoleDeletionStatus. The text is ours. */
  deletionTask: (task: string) => missing(`The deletion task ${task} cannot be found.`),
  /** Get*LastAccessedDetails* and GetOrganizationsAccessReport, also where the job is somebody else's. The text is ours. */
  job: (id: string) => missing(`The job with id ${id} cannot be found.`),
  /** Inferred from the wording of the others. */
  delegationRequest: (id: string) => missing(`The delegation request with id ${id} cannot be found.`),
  /** Inferred. */
  roleTemplate: (arn: string) => missing(`The role template ${arn} cannot be found.`),
  /** Inferred. */
  roleTemplateVersion: (arn: string, minor: number) => missing(`The role template ${arn} has no minor version ${minor}.`),
} as const

/** EntityAlreadyExists (HTTP 409). */
export const alreadyExists = {
  user: (name: string) => taken(`User with name ${name} already exists.`),
  group: (name: string) => taken(`Group with name ${name} already exists.`),
  role: (name: string) => taken(`Role with name ${name} already exists.`),
  instanceProfile: (name: string) => taken(`Instance Profile ${name} already exists.`),
  policy: (name: string) => taken(`A policy called ${name} already exists. Duplicate names are not allowed.`),
  loginProfile: (userName: string) => taken(`Login Profile for user ${userName} already exists.`),
  accountAlias: (alias: string) => taken(`The account alias ${alias} already exists.`),
  /** Inferred. */
  workflow: (id: string) => taken(`A delegation request with the workflow id ${id} already exists.`),
} as const

/** LimitExceeded (HTTP 409) `Cannot exceed quota for AccessKeysPerUser: 2`. */
export const quotaExceeded = (quota: string, limit: number): Fault =>
  new Fault('LimitExceeded', `Cannot exceed quota for ${quota}: ${limit}`)
/** LimitExceeded (HTTP 409) for the inline policies of one owner together. */
export const inlinePoliciesTooLarge = (limit: number, owner: 'user' | 'group' | 'role', name: string): Fault =>
  new Fault('LimitExceeded', `Maximum policy size of ${limit} bytes exceeded for ${owner} ${name}`)
export const tooManyTags = (): Fault => new Fault('LimitExceeded', 'The number of tags has reached the maximum limit.')
export const tooManyVersions = (limit: number): Fault =>
  new Fault(
    'LimitExceeded',
    `A managed policy can have up to ${limit} versions. Before you create a new version, you must delete an existing version.`,
  )

/** DeleteConflict (HTTP 409) `Cannot delete entity, must detach all policies first.` */
export const deleteConflict = (firstStep: string): Fault =>
  new Fault('DeleteConflict', `Cannot delete entity, must ${firstStep} first.`)
export const policyIsAttached = (): Fault => new Fault('DeleteConflict', 'Cannot delete a policy attached to entities.')
export const versionIsDefault = (): Fault => new Fault('DeleteConflict', 'Cannot delete the default version of a policy.')
/** Known from many reports. */
export const policyHasVersions = (): Fault =>
  new Fault(
    'DeleteConflict',
    "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
  )

/** PolicyNotAttachable (HTTP 400). The text is known from reports about roles; that users, groups and boundaries hear the same is inferred. */
export const serviceRolePolicy = (): Fault =>
  new Fault('PolicyNotAttachable', 'Cannot attach a Service Role Policy to a Customer Role.')

/** UnmodifiableEntity (HTTP 400): a service-linked role (recorded from AWS). */
export const unmodifiableRole = (name: string): Fault =>
  new Fault(
    'UnmodifiableEntity',
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  )

/** InvalidInput (HTTP 400). */
export const invalidInput = (text: string): Fault => new Fault('InvalidInput', text)
/** Tag keys of users and roles are one whatever their case. */
export const duplicateTagKeys = (): Fault =>
  invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
/** Tag keys of policies differ by case. */
export const duplicateCasedTagKeys = (): Fault => invalidInput('Duplicate tag keys found.')

/** Tags of AWS's own. The words are those of other services of AWS about keys; that values hear the like is inferred. */
export const reservedTag = (what: 'key names' | 'values'): Fault =>
  invalidInput(`aws: prefixed tag ${what} are not allowed for external use.`)

/** ValidationError (HTTP 400): not modelled by operations, thrown after the model's own constraints passed. */
export const validationError = (text: string): Fault => new Fault('ValidationError', text, { status: 400 })
export const invalidArn = (arn: string): Fault => validationError(`ARN ${arn} is not valid.`)
/** An ARN of another partition, known from reports of 2025. */
export const invalidPartition = (): Fault => validationError('Invalid ARN partition')
/** The boundary's ARN: the same words under another code. */
export const invalidBoundaryArn = (arn: string): Fault => invalidInput(`ARN ${arn} is not valid.`)
export const mustSpecifyUserName = (): Fault => validationError('Must specify userName when calling with non-User credentials')

/** ConcurrentModification (HTTP 409): somebody else was faster. The text is ours. */
export const concurrentModification = (text: string): Fault => new Fault('ConcurrentModification', text)
/** NameConflict (HTTP 409): AcquireRole, where another role has the name. The text is ours. */
export const nameConflict = (name: string): Fault =>
  new Fault('NameConflict', `The role ${name} exists and is not as the role template would make it.`)

/** AccessDenied (HTTP 403): refusals that no policy can lift. */
export const accessDenied = (text: string): Fault => new Fault('AccessDenied', text)

export const malformedPolicyDocument = (text: string): Fault => new Fault('MalformedPolicyDocument', text)
export const passwordPolicyViolation = (text: string): Fault => new Fault('PasswordPolicyViolation', text)
/** InvalidUserType (HTTP 400): ChangePassword is for users only. The text is known from reports. */
export const invalidUserType = (): Fault => new Fault('InvalidUserType', 'Only IAM Users can change their own password')
/** EntityTemporarilyUnmodifiable (HTTP 409). Modelled on AWS's `Login Profile for User X cannot be modified while login profile is being created.` */
export const passwordIsChanging = (userName: string): Fault =>
  new Fault(
    'EntityTemporarilyUnmodifiable',
    `Login Profile for User ${userName} cannot be modified while its password is being changed.`,
  )
