import { useI18n } from 'vue-i18n'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import { usePrints } from '../stores/prints.ts'

/** What of a photo is on paper, or is to be, in words: for labels. */
export function usePrintWords(): (photo: PhotoView) => string[] {
  const { t } = useI18n()
  const prints = usePrints()
  return (photo) => {
    const { printed = 0, unsure = 0, earlier = false } = photo.print ?? {}
    const waiting = prints.wanted(photo)
    return [
      waiting > 0 && t('prints.tile.waiting', waiting),
      printed > 0 && t(earlier ? 'prints.tile.earlier' : 'prints.tile.printed', printed),
      unsure > 0 && t('prints.tile.unsure', unsure),
    ].filter((word) => word !== false)
  }
}
