/** Quotas of IAM, each with AWS's default beside it (IAM User Guide, "IAM and AWS STS quotas"). GetAccountSummary shows them. */

/** Per account. AWS: users 5,000; groups 300; roles 1,000; customer managed policies 1,500; instance profiles 1,000. */
export const USERS_PER_ACCOUNT = 5_000
export const GROUPS_PER_ACCOUNT = 300
export const ROLES_PER_ACCOUNT = 1_000
export const POLICIES_PER_ACCOUNT = 1_500
export const INSTANCE_PROFILES_PER_ACCOUNT = 1_000
/** AWS: 20 server certificates, 10,000 versions of policies in use. */
export const SERVER_CERTIFICATES_PER_ACCOUNT = 20
export const POLICY_VERSIONS_IN_USE_PER_ACCOUNT = 10_000

/** AWS: assigned or not, as many as there may be users. */
export const VIRTUAL_MFA_DEVICES_PER_ACCOUNT = 5_000

/** Per user. AWS: 10 groups, 2 access keys, 2 signing certificates. */
export const GROUPS_PER_USER = 10
export const ACCESS_KEYS_PER_USER = 2
export const SIGNING_CERTIFICATES_PER_USER = 2
/** AWS: 5 SSH public keys, 2 service-specific credentials for each service. */
export const SSH_KEYS_PER_USER = 5
export const SERVICE_CREDENTIALS_PER_SERVICE = 2
/** AWS: 100 SAML providers, each with 10 keys in its metadata and 2 private keys. */
export const SAML_PROVIDERS_PER_ACCOUNT = 100
export const METADATA_KEYS_PER_SAML_PROVIDER = 10
export const SAML_KEYS_PER_PROVIDER = 2
/** AWS: 100 OpenID Connect providers, each with 100 client ids and 5 thumbprints. */
export const OIDC_PROVIDERS_PER_ACCOUNT = 100
export const CLIENT_IDS_PER_OIDC_PROVIDER = 100
export const THUMBPRINTS_PER_OIDC_PROVIDER = 5
/** AWS: 8 MFA devices of any kind, also for the root user. */
export const MFA_DEVICES_PER_USER = 8

/** Managed policies attached to one user, group or role. AWS: 10 each. */
export const POLICIES_PER_USER = 10
export const POLICIES_PER_GROUP = 10
export const POLICIES_PER_ROLE = 10
/** AWS: 1 role in an instance profile. */
export const ROLES_PER_INSTANCE_PROFILE = 1
/** AWS: 5 versions of a managed policy. */
export const VERSIONS_PER_POLICY = 5

/** Characters of policies without white space. AWS: managed 6,144; inline together 2,048 a user, 5,120 a group, 10,240 a role; trust policy 2,048. */
export const MANAGED_POLICY_SIZE = 6_144
export const USER_POLICY_SIZE = 2_048
export const GROUP_POLICY_SIZE = 5_120
export const ROLE_POLICY_SIZE = 10_240
export const TRUST_POLICY_SIZE = 2_048

/** AWS: 50 tags on a user, role or policy. */
export const TAGS_PER_RESOURCE = 50

/** Delegation requests of a product provider that have not expired. AWS's quota is not known. */
export const OPEN_DELEGATION_REQUESTS = 1_000

/** Passwords that are remembered for PasswordReusePrevention. AWS: 1 to 24. */
export const PASSWORDS_REMEMBERED = 24
