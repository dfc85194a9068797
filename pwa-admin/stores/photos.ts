import { defineStore } from 'pinia'
import { reactive } from 'vue'
import type { PhotoState, PhotoView } from '../../daemon/contract/photo.ts'
import { byTaken } from './lists.ts'
import { useNeeds } from '../connection/needs.ts'
import { createPaged } from './paged.ts'

/** Every photo of the event that this page has heard of, newest shot first, as the daemon last sent it. */
export const usePhotos = defineStore('photos', () => {
  const { api } = useNeeds()
  const list = createPaged<PhotoView, PhotoState>({
    scopes: ['buffer', 'archived', 'trashed'],
    fetchPage: api.photos,
    covers: (photo, state) => photo.state === state,
    order: byTaken,
  })
  /** How often a photo's renditions were announced; a picture that failed to load looks here for another chance. */
  const ready = reactive(new Map<string, number>())

  /** Photos that came while this page was open: their renditions may still be in the making. */
  const fresh = reactive(new Set<string>())

  /** How many Notices of a photo came. */
  const heard = new Map<string, number>()
  const heardOf = (id: string) => heard.get(id) ?? 0

  /** What Notices say. */
  function change(upserts: readonly PhotoView[], removed: readonly string[] = []) {
    for (const { id } of upserts) heard.set(id, heardOf(id) + 1)
    list.change(upserts, removed)
  }

  /** Applies what a reply implies, until the Notice with the whole truth arrives.
   * @param since `heardOf` before the request was sent: a Notice that overtook the reply knows more than it */
  function patch(id: string, change: (photo: PhotoView) => PhotoView, since = heardOf(id)) {
    const photo = list.byKey.value.get(id)
    if (photo && since === heardOf(id)) list.change([change(photo)])
  }

  return {
    items: list.items,
    byId: list.byKey,
    phase: list.phase,
    load: list.load,
    glimpse: list.glimpse,
    change,
    heardOf,
    clear: list.clear,
    restore: list.restore,
    patch,
    ready,
    fresh,
    announce: (id: string) => ready.set(id, (ready.get(id) ?? 0) + 1),
  }
})
