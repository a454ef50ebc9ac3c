/** Amazon Resource Names of the entities this server keeps, and how to take one apart. */

export const PARTITION = 'aws'

export type Arn = {
  readonly partition: string
  readonly service: string
  readonly region: string
  readonly accountId: string
  /** All that follows the fifth colon, colons and slashes included. */
  readonly resource: string
}

/** Splits `arn:partition:service:region:account:resource`; undefined when the text has fewer than six segments or another scheme. */
export function parseArn(text: string): Arn | undefined {
  const parts = text.split(':')
  const [scheme, partition, service, region, accountId] = parts
  if (scheme !== 'arn' || parts.length < 6) return undefined
  if (partition === undefined || service === undefined || region === undefined || accountId === undefined) return undefined
  return { partition, service, region, accountId, resource: parts.slice(5).join(':') }
}

/** An IAM ARN: IAM is global, so the region segment is empty. `path` begins and ends with a slash. */
function iamArn(accountId: string, kind: string, path: string, name: string): string {
  return `arn:${PARTITION}:iam::${accountId}:${kind}${path}${name}`
}

/** Whether the ARN of an identity provider is of SAML's; all others are of OpenID Connect, whose addresses may have colons and such words. */
export const isSamlProvider = (arn: string): boolean => parseArn(arn)?.resource.startsWith('saml-provider/') === true

export const rootArn = (accountId: string): string => `arn:${PARTITION}:iam::${accountId}:root`
export const userArn = (accountId: string, path: string, name: string): string => iamArn(accountId, 'user', path, name)
export const groupArn = (accountId: string, path: string, name: string): string => iamArn(accountId, 'group', path, name)
export const roleArn = (accountId: string, path: string, name: string): string => iamArn(accountId, 'role', path, name)
export const policyArn = (accountId: string, path: string, name: string): string => iamArn(accountId, 'policy', path, name)
export const instanceProfileArn = (accountId: string, path: string, name: string): string =>
  iamArn(accountId, 'instance-profile', path, name)
export const mfaArn = (accountId: string, path: string, name: string): string => iamArn(accountId, 'mfa', path, name)
/** A passkey or security key (IAM User Guide, "IAM ARNs": `u2f/user/JohnDoe/default`). The root user's form is known from reports. */
export const fidoArn = (accountId: string, userName: string | undefined, device: string): string =>
  iamArn(accountId, 'u2f', userName === undefined ? '/root-account/' : `/user/${userName}/`, device)
/** A role's session, by STS: the role's path is not in it. */
export const assumedRoleArn = (accountId: string, roleName: string, sessionName: string): string =>
  `arn:${PARTITION}:sts::${accountId}:assumed-role/${roleName}/${sessionName}`
export const federatedUserArn = (accountId: string, name: string): string =>
  `arn:${PARTITION}:sts::${accountId}:federated-user/${name}`
