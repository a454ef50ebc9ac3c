/** The faults of Organizations. Texts are AWS's where they are known from reports; the others are modelled on them. */
import { Fault } from '../../aws/fault.ts'

/** The account is in no organization. */
export const notInUse = (): Fault =>
  new Fault('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.')
/** What a member account hears that asks for what is the management account's, and is no delegate (known from reports). */
export const NOT_YOURS = "You don't have permissions to access this resource."
export const notManagement = (): Fault => new Fault('AccessDeniedException', NOT_YOURS)
export const alreadyMember = (): Fault =>
  new Fault('AlreadyInOrganizationException', 'The AWS account is already a member of an organization.')
export const notEmpty = (): Fault =>
  new Fault(
    'OrganizationNotEmptyException',
    'To delete an organization, you must first remove all member accounts (except the management account).',
  )

const missing = (code: string, what: string) => (): Fault => new Fault(code, `You specified ${what} that doesn't exist.`)

export const noSuch = {
  root: missing('RootNotFoundException', 'a root'),
  parent: missing('ParentNotFoundException', 'a parent'),
  sourceParent: missing('SourceParentNotFoundException', 'a source parent'),
  destinationParent: missing('DestinationParentNotFoundException', 'a destination parent'),
  child: missing('ChildNotFoundException', 'a child'),
  unit: missing('OrganizationalUnitNotFoundException', 'an organizational unit'),
  account: missing('AccountNotFoundException', 'an account'),
  target: missing('TargetNotFoundException', 'a target'),
  policy: missing('PolicyNotFoundException', 'a policy'),
  resourcePolicy: missing('ResourcePolicyNotFoundException', 'a resource policy'),
  transfer: missing('ResponsibilityTransferNotFoundException', 'a transfer'),
  handshake: missing('HandshakeNotFoundException', 'a handshake'),
  request: missing('CreateAccountStatusNotFoundException', 'a create account request'),
} as const

export const duplicateUnit = (): Fault =>
  new Fault('DuplicateOrganizationalUnitException', 'An OU with the same name already exists.')
export const unitNotEmpty = (): Fault =>
  new Fault(
    'OrganizationalUnitNotEmptyException',
    'The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, and try the operation again.',
  )
export const duplicateAccount = (): Fault =>
  new Fault('DuplicateAccountException', 'That account is already present in the specified destination.')
export const duplicatePolicy = (): Fault => new Fault('DuplicatePolicyException', 'A policy with the same name already exists.')
export const duplicateAttachment = (): Fault =>
  new Fault('DuplicatePolicyAttachmentException', 'The selected policy is already attached to the specified target.')
export const notAttached = (): Fault =>
  new Fault('PolicyNotAttachedException', "The policy isn't attached to the specified target in the specified root.")
export const cannotLeave = (): Fault =>
  new Fault('MasterCannotLeaveOrganizationException', 'The management account cannot leave its organization.')
export const duplicateHandshake = (): Fault =>
  new Fault('DuplicateHandshakeException', 'A handshake with the same action and target already exists.')
export const inState = (): Fault =>
  new Fault('HandshakeAlreadyInStateException', 'The handshake is already in the requested state.')
export const invalidTransition = (): Fault =>
  new Fault('InvalidHandshakeTransitionException', 'You cannot perform the operation on the handshake in its current state.')

export const transferInStatus = (): Fault =>
  new Fault('ResponsibilityTransferAlreadyInStatusException', 'The responsibility transfer is already in the specified status.')
export const invalidTransferTransition = (): Fault =>
  new Fault(
    'InvalidResponsibilityTransferTransitionException',
    'The responsibility transfer cannot make this transition in its current status.',
  )

type HandshakeReason =
  | 'SOURCE_AND_TARGET_CANNOT_MATCH'
  | 'ACCOUNT_NUMBER_LIMIT_EXCEEDED'
  | 'ALREADY_IN_AN_ORGANIZATION'
  | 'HANDSHAKE_RATE_LIMIT_EXCEEDED'
  | 'INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES'
  | 'ORGANIZATION_ALREADY_HAS_ALL_FEATURES'
  | 'ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION'
export const handshakeRefused = (Reason: HandshakeReason, text: string): Fault =>
  new Fault('HandshakeConstraintViolationException', text, { members: { Reason } })

export const alreadyClosed = (): Fault => new Fault('AccountAlreadyClosedException', 'The account is already closed.')
export const noEffectivePolicy = (): Fault =>
  new Fault('EffectivePolicyNotFoundException', 'The account has no effective policy of this type.')
export const alreadyRegistered = (): Fault =>
  new Fault(
    'AccountAlreadyRegisteredException',
    'The provided account is already a delegated administrator for your organization.',
  )
export const notRegistered = (): Fault =>
  new Fault(
    'AccountNotRegisteredException',
    'The provided account is not a registered delegated administrator for your organization.',
  )
export const policyInUse = (): Fault =>
  new Fault(
    'PolicyInUseException',
    'The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts before performing this operation.',
  )
export const typeEnabled = (): Fault =>
  new Fault('PolicyTypeAlreadyEnabledException', 'The specified policy type is already enabled.')
export const typeNotEnabled = (): Fault =>
  new Fault('PolicyTypeNotEnabledException', 'This operation can be performed only for enabled policy types.')
export const typeNotAvailable = (): Fault =>
  new Fault(
    'PolicyTypeNotAvailableForOrganizationException',
    "You can't use the specified policy type with the feature set currently enabled for this organization.",
  )
export const malformedDocument = (text: string): Fault => new Fault('MalformedPolicyDocumentException', text)

/** The reasons of the model that this server gives. */
type InvalidReason =
  | 'INVALID_NEXT_TOKEN'
  | 'IMMUTABLE_POLICY'
  | 'NON_DETACHABLE_POLICY'
  | 'INVALID_ROLE_NAME'
  | 'DUPLICATE_TAG_KEY'
  | 'INVALID_SYSTEM_TAGS_PARAMETER'
  | 'TARGET_NOT_SUPPORTED'
  | 'UNRECOGNIZED_SERVICE_PRINCIPAL'
  | 'INVALID_RESOURCE_POLICY_JSON'
  | 'INVALID_PARTY_TYPE_TARGET'
  | 'INVALID_EMAIL_ADDRESS_TARGET'
  | 'INVALID_PATTERN_TARGET_ID'
  | 'MAX_LIMIT_EXCEEDED_FILTER'
  | 'START_DATE_NOT_BEGINNING_OF_MONTH'
  | 'START_DATE_NOT_BEGINNING_OF_DAY'
  | 'START_DATE_TOO_EARLY'
  | 'START_DATE_TOO_LATE'
  | 'END_DATE_NOT_END_OF_MONTH'
  | 'END_DATE_TOO_EARLY'
  | 'INVALID_PRINCIPAL'
  | 'UNSUPPORTED_ACTION_IN_RESOURCE_POLICY'
  | 'UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY'
export const invalidInput = (Reason: InvalidReason, text: string): Fault =>
  new Fault('InvalidInputException', text, { members: { Reason } })

type Constraint =
  | 'ACCOUNT_NUMBER_LIMIT_EXCEEDED'
  | 'OU_NUMBER_LIMIT_EXCEEDED'
  | 'OU_DEPTH_LIMIT_EXCEEDED'
  | 'POLICY_NUMBER_LIMIT_EXCEEDED'
  | 'POLICY_CONTENT_LIMIT_EXCEEDED'
  | 'MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED'
  | 'MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED'
  | 'MAX_TAG_LIMIT_EXCEEDED'
  | 'ORGANIZATION_NOT_IN_ALL_FEATURES_MODE'
  | 'SERVICE_ACCESS_NOT_ENABLED'
  | 'POLICY_TYPE_ENABLED_FOR_THIS_SERVICE'
  | 'MASTER_ACCOUNT_NOT_GOVCLOUD_ENABLED'
  | 'CANNOT_CLOSE_MANAGEMENT_ACCOUNT'
  | 'CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG'
  | 'WAIT_PERIOD_ACTIVE'
  | 'ACTIVE_RESPONSIBILITY_TRANSFER_PROCESS'
  | 'RESPONSIBILITY_TRANSFER_MAX_LEVEL_VIOLATION'
  | 'RESPONSIBILITY_TRANSFER_MAX_INBOUND_QUOTA_VIOLATION'
  | 'RESPONSIBILITY_TRANSFER_MAX_OUTBOUND_QUOTA_VIOLATION'
  | 'CLOSE_ACCOUNT_QUOTA_EXCEEDED'
  | 'CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR'
  | 'CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR'
  | 'DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE'
  | 'MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED'

/** ConstraintViolationException. */
export const violates = (Reason: Constraint, text: string): Fault =>
  new Fault('ConstraintViolationException', text, { members: { Reason } })
