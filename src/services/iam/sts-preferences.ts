/** The account's preferences about STS. */
import type { GlobalEndpointTokenVersion } from '../../model/iam.gen.ts'
import { writeOperation } from '../operation.ts'
import { setGlobalEndpointTokenVersion } from './sts-preferences.rows.ts'

const VERSIONS: Readonly<Record<GlobalEndpointTokenVersion, number>> = { v1Token: 1, v2Token: 2 }

/** The version is told by GetAccountSummary. Tokens of this server are good in every Region, whatever the version. */
export const setSecurityTokenServicePreferences = writeOperation('iam', 'SetSecurityTokenServicePreferences', {
  authorize: () => ({ action: 'iam:SetSecurityTokenServicePreferences', resource: '*' }),
  async handle(tx, { GlobalEndpointTokenVersion: version }, { accountId }) {
    await setGlobalEndpointTokenVersion(tx, accountId, VERSIONS[version])
    return {}
  },
})

export const stsPreferenceOperations = [setSecurityTokenServicePreferences]
