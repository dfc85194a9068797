import type { Params, Message } from '../contract/message.ts'
import { messageOf, Refusal } from '../errors.ts'

/** A sentence for a person. Every code has words in `pwa-admin/locales/en/messages.ts`; a test reads the codes from
 * here.
 * @param message the English, whole
 * @param params what a translation has to fill in */
export function newMessage(code: string, message: string, params: Params = {}): Message {
  return { code, params, message }
}

/** What was thrown, as a sentence: a Refusal keeps its own, anything else is put behind `otherwise`. */
export function messageFrom(error: unknown, otherwise: (why: string) => Message): Message {
  return error instanceof Refusal
    ? newMessage(error.code, error.message, error.params)
    : otherwise(messageOf(error))
}

/** A Source's `message`, with what translates it. */
export function spoken(given: Message | null): {
  message: string | null
  code: string | null
  params: Params
} {
  return { message: given?.message ?? null, code: given?.code ?? null, params: given?.params ?? {} }
}

/** `the file is empty` -> `The file is empty.` */
export function asSentence(given: Message): Message {
  const { message } = given
  const end = /[.?]$/.test(message) ? '' : '.'
  return { ...given, message: `${message.charAt(0).toUpperCase()}${message.slice(1)}${end}` }
}
