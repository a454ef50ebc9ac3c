/** The size of a policy, as quotas count it. */

const WHITE_SPACE = /[\t\n\r ]/g

/** Characters, white space left out wherever it stands (IAM User Guide, "IAM and STS character limits": IAM does not count white space). */
export const documentSize = (source: string): number => source.replaceAll(WHITE_SPACE, '').length
