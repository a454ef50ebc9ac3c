/** Regions as scopes name them, and the region sets of Version 4A. */

/** Region names go into keys, ARNs and records, so they must look like one; which one is not asked. */
const REGION_NAME = /^[A-Za-z0-9-]{1,64}$/
/** Where the services that have no region of their own are at home. */
const HOME_REGION = 'us-east-1'

export const isRegionName = (text: string): boolean => REGION_NAME.test(text)

/** Which region a set means to us (`us-east-1,eu-*`): the home region if it is in the set, else the first that is named in full; undefined for none. */
export function regionOf(regionSet: string): string | undefined {
  const patterns = regionSet.split(',').map((pattern) => pattern.trim())
  return patterns.some(coversHome) ? HOME_REGION : patterns.find(isRegionName)
}

function coversHome(pattern: string): boolean {
  return pattern.endsWith('*') ? HOME_REGION.startsWith(pattern.slice(0, -1)) : pattern === HOME_REGION
}
