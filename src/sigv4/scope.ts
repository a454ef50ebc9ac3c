/** The credential scope: whose key, for which day, region and service. Each must fit the request. */
import { type Algorithm, ECDSA } from './algorithm.ts'
import { doesNotMatch, incomplete } from './faults.ts'
import { TERMINATOR } from './key.ts'
import { isRegionName, regionOf } from './region.ts'

export type CredentialScope = {
  readonly accessKeyId: string
  /** YYYYMMDD. */
  readonly date: string
  readonly region: string
  readonly service: string
  /** The credential without the access key id, as it is signed. */
  readonly scope: string
}

export type Claimed = {
  readonly algorithm: Algorithm
  readonly credential: string
  /** The request's timestamp in basic format. */
  readonly timestamp: string
  readonly regionSet: string | undefined
}

/**
 * The scope of a credential (steps 12 and 13); all that does not fit is said at once. `services`: the signing names that will do. Any
 * region will do, as with AWS's global services: it has only to look like one, because it goes into keys, ARNs and records.
 */
export function readScope(claimed: Claimed, services: readonly string[]): CredentialScope {
  const elements = claimed.credential.split('/')
  // A Version 4A scope has no region: the signed region set stands for it.
  const [accessKeyId = '', date = '', region, service = '', terminator] =
    claimed.algorithm === ECDSA ? withRegion(elements, claimed.regionSet ?? '') : elements
  if (terminator === undefined || elements.length !== elementsOf(claimed.algorithm)) throw notElements(claimed)
  if (region === undefined || !fits({ date, region, service, terminator }, claimed, services)) {
    throw doesNotMatch(complaints({ date, region, service, terminator }, claimed, services))
  }
  return { accessKeyId, date, region, service, scope: claimed.credential.slice(accessKeyId.length + 1) }
}

const elementsOf = (algorithm: Algorithm): number => (algorithm === ECDSA ? 4 : 5)

function withRegion(
  [accessKeyId, date, service, terminator]: readonly string[],
  regionSet: string,
): readonly (string | undefined)[] {
  return [accessKeyId, date, regionOf(regionSet), service, terminator]
}

function notElements({ algorithm, credential }: Claimed): Error {
  const form = algorithm === ECDSA ? 'keyid/date/service/term' : 'keyid/date/region/service/term'
  return incomplete(
    `Credential must have exactly ${elementsOf(algorithm)} slash-delimited elements, e.g. ${form}, got '${credential}'`,
  )
}

type Elements = {
  readonly date: string
  readonly region: string | undefined
  readonly service: string
  readonly terminator: string
}

function fits({ date, region, service, terminator }: Elements, { timestamp }: Claimed, services: readonly string[]): boolean {
  return (
    terminator === TERMINATOR && date.length === 8 && timestamp.startsWith(date) && services.includes(service) && isRegion(region)
  )
}

const isRegion = (region: string | undefined): boolean => region !== undefined && isRegionName(region)

/** Recorded from STS (the region's text, with its space at the end) and DynamoDB (all four in this order). */
function complaints(
  { date, region, service, terminator }: Elements,
  { timestamp }: Claimed,
  services: readonly string[],
): string {
  const day = timestamp.slice(0, 8)
  const texts = [
    isRegion(region) ? '' : 'Credential should be scoped to a valid region. ',
    services.includes(service) ? '' : `Credential should be scoped to correct service: '${services.join("' or '")}'. `,
    terminator === TERMINATOR
      ? ''
      : `Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${terminator}'. `,
    date === day
      ? ''
      : `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${day}', from '${timestamp}'.`,
  ]
  return texts.join('')
}
