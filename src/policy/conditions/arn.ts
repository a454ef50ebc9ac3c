/** ARN operators: "ArnEquals and ArnLike behave identically" (IAM JSON policy elements: Condition operators). */
import { arnTest } from '../arn-match.ts'
import { anyOf, type Comparison } from './comparison.ts'

const like: Comparison = {
  phrase: { holds: 'is like', fails: 'is not like' },
  variables: true,
  compile: (expected, version) => anyOf(expected.map((text) => arnTest(text, version))),
}

export const ARN = { ArnEquals: like, ArnNotEquals: like, ArnLike: like, ArnNotLike: like } as const
