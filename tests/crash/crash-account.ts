/** The account that the crash test's processes write to: the one that every database has. */

export const CRASH_ACCOUNT = '000000000000'
