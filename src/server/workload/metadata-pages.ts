/** Answers as the instance metadata service writes them: texts, documents, and the pages of its errors. */
import type { WireAnswer } from '../../protocol/wire.ts'

// Recorded from AWS: every answer names this server and closes the connection.
const HEADERS = { 'accept-ranges': 'none', server: 'EC2ws', connection: 'close' }

/** "All instance metadata is returned as text (HTTP content type text/plain)" (EC2 User Guide, "Retrieve instance metadata"). */
export const textAnswer = (body: string, headers: WireAnswer['headers'] = {}): WireAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/plain', ...HEADERS, ...headers },
  body,
})

/** A document, in the spacing that AWS writes. */
export const documentAnswer = (document: object): WireAnswer => textAnswer(spaced(document))

function spaced(document: object): string {
  const lines = Object.entries(document).map(([name, value]) => `  ${JSON.stringify(name)} : ${JSON.stringify(value)}`)
  return `{\n${lines.join(',\n')}\n}`
}

const REASONS = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
} as const

/** The page of an error, recorded from AWS. */
export function errorPage(status: keyof typeof REASONS): WireAnswer {
  const title = `${status} - ${REASONS[status]}`
  return {
    status,
    headers: { 'content-type': 'text/html', ...HEADERS },
    body: `<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
\t"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>${title}</title>
 </head>
 <body>
  <h1>${title}</h1>
 </body>
</html>
`,
  }
}

/** Recorded from AWS for the path of tokens: an empty text, and what may be asked instead. */
export const notAllowed = (allow: string): WireAnswer => ({
  status: 405,
  headers: { 'content-type': 'text/plain', allow, server: 'EC2ws', connection: 'close' },
  body: '',
})
