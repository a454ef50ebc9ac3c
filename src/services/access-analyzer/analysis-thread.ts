/** The thread that analyses policies: takes questions, one at a time, and answers them. */
import { parentPort } from 'node:worker_threads'
import { type Answer, grantsAccess, newAccess } from '../../policy/compare/compare.ts'
import { isPublic } from '../../policy/compare/public.ts'
import { parsePolicy } from '../../policy/parse.ts'
import { validatePolicy } from '../../policy/validate/validate.ts'
import { readAuthorization } from '../../protocol/model-files.ts'
import type { Comparison, Question, Said } from './analysis.ts'

function answerOf(question: Question): Said {
  if (question.about === 'findings')
    return { findings: validatePolicy(question.document, { ...question.asked, catalogue: readAuthorization() }) }
  return { answer: comparisonOf(question) }
}

function comparisonOf(question: Comparison): Answer {
  const { document } = question
  switch (question.about) {
    case 'new access':
      return newAccess(parsePolicy(question.existing), parsePolicy(document), question.kind)
    case 'granted access':
      return grantsAccess(parsePolicy(document), question.access, question.kind)
    case 'public access':
      return isPublic(parsePolicy(document), question)
  }
}

parentPort?.on('message', (question: Question) => parentPort?.postMessage(answerOf(question)))
