import { useI18n } from 'vue-i18n'
import { ApiFailure } from '../api.ts'

/** Puts what was thrown into the reader's words: by its code where we have words for it, else the daemon's own. */
export function useExplain(): (error: unknown) => string {
  const { t, te } = useI18n()
  return (error) => {
    if (!(error instanceof ApiFailure)) return String(error)
    if (error.status === 0) return t('failed.noAnswer')
    const key = `refused.${error.code}`
    return te(key) ? t(key, { said: error.message }) : error.message
  }
}
