import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { AccessRequestView } from '../../daemon/contract/access.ts'
import { can as roleCan, type Right, type Role } from '../../daemon/contract/roles.ts'
import type { Status } from '../../daemon/contract/status.ts'
import type { Link } from '../connection/socket.ts'

export interface Announcement {
  key: string
  values: Record<string, string | number>
  turn: number
}

/** The daemon's status, and the state of the connection to it. */
export const useSystem = defineStore('system', () => {
  const status = shallowRef<Status | null>(null)
  const role = ref<Role>('editor')
  /** The id under which others see what this device does. */
  const you = ref('')
  const link = ref<Link>('connecting')
  /** The daemon no longer knows this device. */
  const refused = ref(false)
  /** The first photo stands on the stage, or cannot. */
  const shown = ref(false)
  /** What a screen reader should say next; `turn` makes the same sentence twice in a row a change. */
  const said = shallowRef<Announcement | null>(null)
  /** Known devices that ask to come back; owners alone hear of them. */
  const accessRequests = shallowRef<readonly AccessRequestView[]>([])
  const can = (right: Right) => roleCan(role.value, right)
  const isOwner = computed(() => role.value === 'owner')
  const offers = computed(() => status.value?.sources.filter((source) => source.offer !== null) ?? [])

  function say(key: string, values: Record<string, string | number> = {}) {
    said.value = { key, values, turn: (said.value?.turn ?? 0) + 1 }
  }
  return { status, role, you, link, refused, shown, said, accessRequests, can, isOwner, offers, say }
})
