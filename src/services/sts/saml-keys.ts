/** The condition keys that SAML assertions give (IAM User Guide, "Available keys for SAML-based AWS STS federation" and "Mapping SAML attributes to AWS trust policy context keys"). */
import type { ContextValue } from '../operation.ts'
import type { SamlAssertion } from '../saml-assertion.ts'

type Keys = Readonly<Record<string, ContextValue>>

/** For the trust policy. `saml:aud` is the recipient; `doc` names account and provider. */
export function samlKeys(
  { recipient, issuer, subject, subjectType, attributes }: SamlAssertion,
  doc: string,
  qualifier: string,
): Keys {
  const keys: Record<string, ContextValue> = {
    'saml:aud': recipient,
    'saml:iss': issuer,
    'saml:sub': subject,
    'saml:sub_type': subjectType,
    'saml:namequalifier': qualifier,
    'saml:doc': doc,
  }
  for (const [key, type, ...names] of ATTRIBUTES) {
    // "If you include more than one, only one claim will be mapped."
    const values = names.map((name) => attributes.get(name)).find((found) => found !== undefined && found.length > 0)
    const [first] = values ?? []
    if (values === undefined || first === undefined) continue
    keys[`saml:${key}`] = type === 'texts' || (type === 'text or texts' && values.length > 1) ? values : first
  }
  return keys
}

/** "The following keys" of permissions policies: all others "are available only in IAM trust policies". */
const KEPT: ReadonlySet<string> = new Set(['saml:namequalifier', 'saml:sub', 'saml:sub_type'])

/** Of those keys the ones that stay with the session. */
export const keptSamlKeys = (keys: Keys): Keys => Object.fromEntries(Object.entries(keys).filter(([key]) => KEPT.has(key)))

const EDU_PERSON = 'urn:oid:1.3.6.1.4.1.5923.1.1.1.'
const EDU_ORG = 'urn:oid:1.3.6.1.4.1.5923.1.2.1.'
const SOAP = 'http://schemas.xmlsoap.org/'
const IDENTITY = `${SOAP}ws/2005/05/identity/claims/`
const GROUP_SID = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid'
/** X.500 attributes are named by their OIDs, as LDAP writes them or as URNs. */
const x500 = (oid: string): readonly [string, string] => [oid, `urn:oid:${oid}`]

/**
 * The one page types keys of X.500 and of Active Directory as texts, the other says that they "can have a value that is a list": one value is
 * a text, several are a list. The page prints two OIDs with a misplaced point and maps the group to `uid`; the key has its own name.
 */
type Row = readonly [key: string, type: 'text' | 'texts' | 'text or texts', ...names: readonly string[]]
// oxfmt-ignore
const ATTRIBUTES: readonly Row[] = [
  ['eduPersonAffiliation',         'texts', `${EDU_PERSON}1`],
  ['eduPersonNickname',            'texts', `${EDU_PERSON}2`],
  ['eduPersonOrgDN',               'text',  `${EDU_PERSON}3`],
  ['eduPersonOrgUnitDN',           'texts', `${EDU_PERSON}4`],
  ['eduPersonPrimaryAffiliation',  'text',  `${EDU_PERSON}5`],
  ['eduPersonPrincipalName',       'text',  `${EDU_PERSON}6`],
  ['eduPersonEntitlement',         'texts', `${EDU_PERSON}7`],
  ['eduPersonPrimaryOrgUnitDN',    'text',  `${EDU_PERSON}8`],
  ['eduPersonScopedAffiliation',   'texts', `${EDU_PERSON}9`],
  ['eduPersonTargetedID',          'texts', `${EDU_PERSON}10`],
  ['eduPersonAssurance',           'texts', `${EDU_PERSON}11`],
  ['eduOrgHomePageURI',            'texts', `${EDU_ORG}2`],
  ['eduOrgIdentityAuthNPolicyURI', 'texts', `${EDU_ORG}3`],
  ['eduOrgLegalName',              'texts', `${EDU_ORG}4`],
  ['eduOrgSuperiorURI',            'texts', `${EDU_ORG}5`],
  ['eduOrgWhitePagesURI',          'texts', `${EDU_ORG}6`],
  ['cn',                           'texts', 'urn:oid:2.5.4.3'],
  ['name',                         'text or texts', `${IDENTITY}name`],
  ['commonName',                   'text or texts', `${SOAP}claims/CommonName`, '2.5.4.3'],
  ['givenName',                    'text or texts', `${IDENTITY}givenname`, ...x500('2.5.4.42')],
  ['surname',                      'text or texts', `${IDENTITY}surname`, ...x500('2.5.4.4')],
  ['mail',                         'text or texts', `${IDENTITY}emailaddress`, ...x500('0.9.2342.19200300.100.1.3')],
  ['primaryGroupSID',              'text or texts', GROUP_SID],
  ['x500UniqueIdentifier',         'text or texts', ...x500('2.5.4.45')],
  ['uid',                          'text or texts', ...x500('0.9.2342.19200300.100.1.1')],
  ['organizationStatus',           'text or texts', ...x500('0.9.2342.19200300.100.1.45')],
]
