import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { OpenPhoto } from '../../daemon/contract/presence.ts'
import { useSystem } from './system.ts'

/** Photos that other devices have open. */
export const usePresence = defineStore('presence', () => {
  const system = useSystem()
  const byPhoto = shallowRef<ReadonlyMap<string, OpenPhoto>>(new Map())

  function apply({ photo_id, by, name }: OpenPhoto, open: boolean) {
    const next = new Map(byPhoto.value)
    if (open && by !== system.you) next.set(photo_id, { photo_id, by, name })
    else if (next.get(photo_id)?.by === by) next.delete(photo_id)
    byPhoto.value = next
  }
  return {
    byPhoto,
    apply,
    reset: (list: readonly OpenPhoto[]) =>
      (byPhoto.value = new Map(list.filter(({ by }) => by !== system.you).map((one) => [one.photo_id, one]))),
    of: (photoId: string) => byPhoto.value.get(photoId) ?? null,
    has: (photoId: string) => byPhoto.value.has(photoId),
    ids: () => byPhoto.value.keys(),
  }
})
