import { useI18n } from 'vue-i18n'
import type { PhotoPrint } from '../../daemon/contract/photo-print.ts'

/** What of a photo is on paper, or is to be, in words: for labels. */
export function usePrintWords(): (print: PhotoPrint | undefined, wanted: number) => string[] {
  const { t } = useI18n()
  return ({ printed = 0, unsure = 0, earlier = false } = { waiting: 0, printed: 0, unsure: 0 }, wanted) =>
    [
      wanted > 0 && t('prints.tile.waiting', wanted),
      printed > 0 && t(earlier ? 'prints.tile.earlier' : 'prints.tile.printed', printed),
      unsure > 0 && t('prints.tile.unsure', unsure),
    ].filter((word) => word !== false)
}
