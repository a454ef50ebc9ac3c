/** What an assertion says as condition keys: which, of what type, and which of them a session keeps. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAuthorization } from '../../protocol/model-files.ts'
import type { SamlAssertion } from '../saml-assertion.ts'
import { keptSamlKeys, samlKeys } from './saml-keys.ts'

const assertion = (attributes: Readonly<Record<string, readonly string[]>>): SamlAssertion => ({
  id: '_1',
  issuer: 'https://idp.example.com',
  issuedAt: 0,
  expiresAt: 1,
  sessionEndsAt: undefined,
  subject: 'jane',
  subjectType: 'persistent',
  recipient: 'https://signin.aws.amazon.com/saml',
  audiences: [],
  attributes: new Map(Object.entries(attributes)),
})
const keysOf = (attributes: Readonly<Record<string, readonly string[]>>) => samlKeys(assertion(attributes), '1/idp', 'hash')

const ALWAYS = {
  'saml:aud': 'https://signin.aws.amazon.com/saml',
  'saml:iss': 'https://idp.example.com',
  'saml:sub': 'jane',
  'saml:sub_type': 'persistent',
  'saml:namequalifier': 'hash',
  'saml:doc': '1/idp',
}
const EDU_PERSON = 'urn:oid:1.3.6.1.4.1.5923.1.1.1.'
const IDENTITY = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/'

// oxfmt-ignore
const ROWS: readonly (readonly [why: string, attributes: Readonly<Record<string, readonly string[]>>, keys: object])[] = [
  ['none',                       {},                                                    {}],
  ['unknown ones',               { other: ['x'], 'urn:oid:9': ['x'] },                  {}],
  ['one without a value',        { [`${EDU_PERSON}6`]: [] },                            {}],
  ['a list of one',              { [`${EDU_PERSON}1`]: ['staff'] },                     { 'saml:eduPersonAffiliation': ['staff'] }],
  ['a text',                     { [`${EDU_PERSON}6`]: ['jane@example.com'] },          { 'saml:eduPersonPrincipalName': 'jane@example.com' }],
  ['a text twice',               { [`${EDU_PERSON}3`]: ['a', 'b'] },                    { 'saml:eduPersonOrgDN': 'a' }],
  ['organizations',              { 'urn:oid:1.3.6.1.4.1.5923.1.2.1.4': ['Example'] },   { 'saml:eduOrgLegalName': ['Example'] }],
  ['Active Directory',           { [`${IDENTITY}name`]: ['jane'], [`${IDENTITY}emailaddress`]: ['j@example.com'] }, { 'saml:name': 'jane', 'saml:mail': 'j@example.com' }],
  ['X.500, several values',      { '0.9.2342.19200300.100.1.3': ['a', 'b'] },           { 'saml:mail': ['a', 'b'] }],
  ['X.500 as a URN',             { 'urn:oid:2.5.4.4': ['Doe'] },                        { 'saml:surname': 'Doe' }],
  ['the two names of 2.5.4.3',   { 'urn:oid:2.5.4.3': ['a'], '2.5.4.3': ['b'] },        { 'saml:cn': ['a'], 'saml:commonName': 'b' }],
  ['two for one key',            { [`${IDENTITY}surname`]: ['Doe'], '2.5.4.4': ['Roe'] }, { 'saml:surname': 'Doe' }],
]
for (const [why, attributes, keys] of ROWS) {
  test(`attributes: ${why}`, () => assert.deepEqual(keysOf(attributes), { ...ALWAYS, ...keys }))
}

test('every key is one that AWS lists, and all of AWS’s are given', () => {
  const names = [
    ...Array.from({ length: 11 }, (_, index) => `${EDU_PERSON}${index + 1}`),
    ...[2, 3, 4, 5, 6].map((part) => `urn:oid:1.3.6.1.4.1.5923.1.2.1.${part}`),
    'urn:oid:2.5.4.3',
    ...['3', '4', '42', '45'].map((part) => `2.5.4.${part}`),
    ...['1', '3', '45'].map((part) => `0.9.2342.19200300.100.1.${part}`),
    `${IDENTITY}name`,
    'http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid',
  ]
  const given = Object.keys(keysOf(Object.fromEntries(names.map((name) => [name, ['x']])))).map((key) => key.toLowerCase())
  const listed = [...(readAuthorization().service('sts')?.conditionKeys.keys() ?? [])].filter((key) => key.startsWith('saml:'))
  assert.deepEqual(given.toSorted(), listed.toSorted())
})

test('a session keeps three of them', () => {
  assert.deepEqual(keptSamlKeys(keysOf({ [`${EDU_PERSON}1`]: ['staff'] })), {
    'saml:sub': 'jane',
    'saml:sub_type': 'persistent',
    'saml:namequalifier': 'hash',
  })
})
