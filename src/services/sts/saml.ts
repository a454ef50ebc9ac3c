/** AssumeRoleWithSAML: whoever a SAML assertion speaks of becomes a role, where the role's trust policy says so. */
import { parseArn } from '../../aws/arn.ts'
import type { AskedSession, FederatedPrincipal, Principal } from '../../aws/principal.ts'
import type { AssumeRoleWithSAMLRequest } from '../../model/sts.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { type Check, type PreparingCall, readOperation } from '../operation.ts'
import { NAME_FORMAT, nameQualifier, type SamlAssertion } from '../saml-assertion.ts'
import { findSamlProvider, listSealedSamlKeys, type SamlProviderRow } from '../saml-providers.rows.ts'
import { issueRoleSession, mustFindAssumableRole, parseRoleArn, roleRef, sessionSeconds } from './role-session.ts'
import { proveAssertion } from './prove-assertion.ts'
import { keptSamlKeys, samlKeys } from './saml-keys.ts'
import { ACTION, invalidToken, notAuthorized, rejected, WINDOW_MS } from './saml-proof.ts'
import { sessionChecks } from './session-checks.ts'
import { sessionPolicies } from './session-policies.ts'
import { canBeSessionTags, sessionTagKeys, sessionTags } from './session-tags.ts'

const ATTRIBUTE = 'https://aws.amazon.com/SAML/Attributes/'
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/

const assumeRoleWithSaml = readOperation('sts', 'AssumeRoleWithSAML', {
  identify,
  authorize({ RoleArn }, { principal }): readonly Check[] {
    const role = parseRoleArn(RoleArn)
    const { asked: session } = samlSession(principal)
    const { name, tags, transitiveTagKeys, sourceIdentity } = session
    const given = { Tags: tags, ...(transitiveTagKeys.length > 0 && { TransitiveTagKeys: transitiveTagKeys }) }
    return sessionChecks({
      action: ACTION,
      resource: roleRef(role),
      own: { 'sts:RoleSessionName': name },
      tags: sessionTagKeys(given, undefined),
      sourceIdentity,
    })
  },
  async handle(tx, input, call) {
    const { accountId, ...name } = parseRoleArn(input.RoleArn)
    const { asked: session, claims, provider } = samlSession(call.principal)
    const role = await mustFindAssumableRole(tx, { accountId, ...name }, { principal: call.principal, action: ACTION })
    const { tags, transitiveTagKeys } = sessionTags(
      { Tags: session.tags, TransitiveTagKeys: session.transitiveTagKeys },
      undefined,
    )
    const asked = sessionSeconds(role, { DurationSeconds: input.DurationSeconds ?? session.seconds, chained: false })
    // STS API reference: as long as was asked, or until SessionNotOnOrAfter, whichever is shorter.
    const seconds = session.endsAt === undefined ? asked : Math.min(asked, Math.floor((session.endsAt - call.now) / 1000))
    const issued = issueRoleSession(call, {
      role,
      accountId,
      sessionName: session.name,
      seconds,
      policies: await sessionPolicies(tx, accountId, input),
      tags,
      transitiveTagKeys,
      provider,
      context: keptSamlKeys(claims),
      minimumTokenSize: input.MinimumSessionTokenSize,
      ...(session.sourceIdentity !== undefined && { sourceIdentity: session.sourceIdentity }),
    })
    return { ...issued, ...session.shown }
  },
})

/** Throws where the caller was not identified by `identify`: a bug, never a request. */
function samlSession(principal: Principal): FederatedPrincipal & { readonly asked: AskedSession } {
  if (principal.type !== 'saml' || principal.asked === undefined) throw new Error('the caller was not identified by SAML')
  return { ...principal, asked: principal.asked }
}

/** Reads and believes the assertion: provider, signature, times, audience, the pair of role and provider; and takes it, for it counts once. */
async function identify(tx: ReadTx, input: AssumeRoleWithSAMLRequest, call: PreparingCall): Promise<FederatedPrincipal> {
  const role = parseRoleArn(input.RoleArn)
  const { service, accountId = '', resource = '' } = parseArn(input.PrincipalArn) ?? {}
  const name = resource.startsWith('saml-provider/') ? resource.slice('saml-provider/'.length) : ''
  const row = service === 'iam' && accountId === role.accountId ? await findSamlProvider(tx, accountId, name) : undefined
  if (row === undefined) throw invalidToken("Specified provider doesn't exist")
  const assertion = await proveAssertion(accountId, {
    encoded: input.SAMLAssertion,
    metadata: row.metadata,
    keys: await privateKeys(tx, accountId, row, call),
    mustBeEncrypted: row.encryption === 'Required',
    now: call.now,
  })
  if (row.valid_until <= call.now) throw invalidToken('The metadata of the provider is expired.')
  mustName(assertion, input)
  if (!(await call.claim(`saml/${accountId}/${assertion.issuer}/${assertion.id}`, assertion.issuedAt + 2 * WINDOW_MS)))
    throw invalidToken('Your request included a SAML response that was used before.')
  const qualifier = nameQualifier(assertion.issuer, accountId, name)
  return {
    type: 'saml',
    accountId,
    arn: input.PrincipalArn,
    id: `${qualifier}:${assertion.subject}`,
    provider: input.PrincipalArn,
    claims: samlKeys(assertion, `${accountId}/${name}`, qualifier),
    credential: { accessKeyId: '' },
    asked: sessionOf(assertion, qualifier),
  }
}

/** What opens encrypted assertions. */
async function privateKeys(
  tx: ReadTx,
  accountId: string,
  { name }: SamlProviderRow,
  { vault }: PreparingCall,
): Promise<readonly string[]> {
  const rows = await listSealedSamlKeys(tx, accountId, name)
  return rows.map(({ id, key }) => vault.open(key, `saml-key/${id}`))
}

/** The Role attribute lists pairs of a role and a provider, in either order. */
function mustName({ attributes }: SamlAssertion, { RoleArn, PrincipalArn }: AssumeRoleWithSAMLRequest): void {
  const pairs = attributes.get(`${ATTRIBUTE}Role`) ?? []
  const named = pairs.some((pair) => {
    const arns = pair.split(',').map((arn) => arn.trim())
    return arns.length === 2 && arns.includes(RoleArn) && arns.includes(PrincipalArn)
  })
  if (!named) throw notAuthorized()
}

function sessionOf(assertion: SamlAssertion, qualifier: string): AskedSession {
  const { attributes } = assertion
  const single = (name: string): string | undefined => attributes.get(ATTRIBUTE + name)?.[0]
  const name = single('RoleSessionName')
  if (name === undefined) throw invalidToken('RoleSessionName is required in AuthnResponse')
  if (!SESSION_NAME.test(name)) throw invalidToken('RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}')
  const sourceIdentity = single('SourceIdentity')
  if (sourceIdentity !== undefined && !SESSION_NAME.test(sourceIdentity))
    throw invalidToken('Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"')
  const duration = single('SessionDuration')
  if (duration !== undefined && !/^\d{3,5}$/.test(duration))
    throw rejected('SessionDuration in AuthnResponse must be a number of seconds')
  const tagAttribute = `${ATTRIBUTE}PrincipalTag:`
  const tags = [...attributes]
    .filter(([key]) => key.startsWith(tagAttribute))
    .map(([key, [value = '']]) => ({ Key: key.slice(tagAttribute.length), Value: value }))
  // The text is ours.
  if (!canBeSessionTags(tags)) throw rejected('PrincipalTag attributes in AuthnResponse must be valid session tags')
  return {
    name,
    seconds: duration === undefined ? undefined : Number(duration),
    endsAt: assertion.sessionEndsAt,
    sourceIdentity,
    tags,
    transitiveTagKeys: attributes.get(`${ATTRIBUTE}TransitiveTagKeys`) ?? [],
    shown: {
      Subject: assertion.subject,
      // STS API reference, SubjectType: every format of SAML 2.0 is shown without its prefix, unlike in saml:sub_type.
      SubjectType: assertion.subjectType.replace(NAME_FORMAT, ''),
      Issuer: assertion.issuer,
      Audience: assertion.recipient,
      NameQualifier: qualifier,
    },
  }
}

export const samlOperations = [assumeRoleWithSaml]
