/** What an action about no resource is checked on. */
import type { Call, Check } from '../operation.ts'

/** Recorded from AWS: `… access-analyzer:ValidatePolicy on resource: arn:aws:access-analyzer:us-east-1:111122223333:*`. */
export const analyzerCheck = (action: string, { region, accountId }: Call): Check => ({
  action,
  resource: `arn:aws:access-analyzer:${region}:${accountId}:*`,
})
