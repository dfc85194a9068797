import { useI18n } from 'vue-i18n'
import type { Params, Message } from '../../daemon/contract/message.ts'
import { ApiFailure } from '../connection/api.ts'

/** Puts a sentence of the daemon into the reader's words: by its code, from the table of what it tells or, for a code
 * that is a refusal as well, from that of refusals; a trouble of the bucket or the network as its panel says it; else in
 * its own. A parameter `why` may be the code of another
 * sentence. */
export function useMessageText(): (
  message: Pick<Message, 'code' | 'message'> & { params?: Params },
) => string {
  const { t, te } = useI18n()
  const keyOf = (code: string) =>
    [`messages.${code}`, `refused.${code}`, `cloud.trouble.${code}`, `connect.cause.${code}`].find(
      (key) => code !== '' && te(key),
    )
  return ({ code, message, params = {} }) => {
    const key = keyOf(code)
    if (!key) return message
    const inner = typeof params.why === 'string' ? keyOf(params.why) : undefined
    const why = inner ? { why: t(inner, { ...params, said: message }) } : {}
    return t(key, { ...params, ...why, said: message })
  }
}

/** The same for what was thrown. */
export function useExplain(): (error: unknown) => string {
  const { t } = useI18n()
  const textOf = useMessageText()
  return (error) => {
    if (!(error instanceof ApiFailure)) return String(error)
    if (error.status === 0) return t('failed.noAnswer')
    return textOf(error)
  }
}
