import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { IncomingLook, Look, LooksBody, LooksReply } from '../../daemon/contract/look.ts'
import type { Edit } from '../../daemon/contract/edit.ts'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import { editKey, toneOf } from '../../daemon/contract/recipe.ts'
import { newRequestId } from '../connection/api.ts'
import { useNeeds } from '../connection/needs.ts'
import { useEdits } from './edits.ts'
import { useJobs } from './jobs.ts'
import { useSystem } from './system.ts'

export type NamedIncoming = LooksReply['from_now_on'][number] & { readonly name: string }
type WithoutId<T> = T extends unknown ? Omit<T, 'request_id'> : never

/** Looks as the status has them, so that they are here without the daemon too. */
export const useLooks = defineStore('looks', () => {
  const { api } = useNeeds()
  const system = useSystem()
  const edits = useEdits()
  const jobs = useJobs()
  const all = computed<readonly Look[]>(() => system.status?.looks?.looks ?? [])
  const incoming = computed<readonly NamedIncoming[]>(() =>
    (system.status?.looks?.from_now_on ?? []).flatMap((one) => {
      const name = all.value.find(({ id }) => id === one.look)?.name
      return name === undefined ? [] : [{ ...one, name }]
    }),
  )

  /** @throws ApiFailure */
  async function change(body: WithoutId<LooksBody>): Promise<void> {
    const looks = await api.changeLooks({ ...body, request_id: newRequestId() })
    if (system.status) system.status = { ...system.status, looks }
  }

  const isOn = (edit: Edit, look: Look) => editKey({ ...edit, ...toneOf(look) }) === editKey(edit)

  /** Gives a photo, or several as one job and one undo, the light and colour of a Look; crop and turn stay. */
  async function apply(photos: readonly PhotoView[], look: Look): Promise<void> {
    const wanted = photos.filter((photo) => photo.state === 'buffer' && !isOn(edits.of(photo), look))
    const [first] = wanted
    if (!first) return
    if (wanted.length === 1) {
      edits.change(first, toneOf(look))
      await edits.flush(first.id)
    } else {
      for (const { id } of wanted) await edits.flush(id)
      const items = wanted.map(({ filename }) => ({ filename, ...toneOf(look) }))
      await jobs.start('edit', wanted, items)
    }
    system.say('looks.applied', { look: look.name, n: wanted.length })
    // Their order is a help: without the daemon it stays as it is.
    await change({ action: 'used', id: look.id }).catch(() => undefined)
  }

  return {
    all,
    incoming,
    isOn,
    apply,
    change,
    save: (name: string, edit: Edit) => change({ action: 'save', name, ...toneOf(edit) }),
    setIncoming: (camera_id: IncomingLook['camera_id'], look: string | null) =>
      change({ action: 'from_now_on', look, camera_id }),
  }
})
