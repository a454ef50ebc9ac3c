/** Denials of IAM without the sentence about their authorization id, which is another one each time. */

const SENTENCE = '. Go to '

export const withoutId = (message: string): string => message.split(SENTENCE, 1)[0] ?? message
