import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { PublicationView } from '../../daemon/contract/publication.ts'
import { byPublished } from './lists.ts'
import { useNeeds } from '../connection/needs.ts'
import { createPaged } from './paged.ts'

/** What is live, newest first. */
export const usePublished = defineStore('published', () => {
  const { api } = useNeeds()
  const list = createPaged<PublicationView, 'live'>({
    scopes: ['live'],
    fetchPage: (_, limit, after) => api.publications(limit, after),
    covers: () => true,
    order: byPublished,
  })
  const byPhoto = computed(() => {
    const groups = new Map<string, PublicationView[]>()
    for (const publication of list.items.value) {
      const group = groups.get(publication.photo_id)
      if (group) group.push(publication)
      else groups.set(publication.photo_id, [publication])
    }
    return groups
  })
  return {
    items: list.items,
    byName: list.byKey,
    byPhoto,
    phase: list.phase,
    load: () => list.load('live'),
    change: list.change,
    clear: list.clear,
    restore: list.restore,
  }
})
