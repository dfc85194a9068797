import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { CameraBody, CameraOwn, CameraReply } from '../../daemon/contract/camera.ts'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import { useNeeds } from '../connection/needs.ts'
import { usePhotos } from './photos.ts'
import { useSystem } from './system.ts'

/** It was never connected: its frames come on cards. */
export const isOfCards = ({ id }: Pick<CameraOwn, 'id'>): boolean => id.startsWith('serial:')

/** Who shoots with a camera, and what people call it. */
export const namedBy = ({ name, photographer }: Pick<CameraOwn, 'name' | 'photographer'>): string =>
  photographer ? `${photographer} · ${name}` : name

/** What the people here call their cameras, and how cameras are used. What they do just now is in the status. */
export const useCameras = defineStore('cameras', () => {
  const { api } = useNeeds()
  const photos = usePhotos()
  const system = useSystem()
  const reply = shallowRef<CameraReply | null>(null)
  /** What was thrown when it could not be asked. */
  const failed = ref<unknown>(null)

  const connected = computed(() => system.status?.camera.cameras ?? [])
  const byFtp = computed(() =>
    (system.status?.ftp?.cameras ?? []).map(
      ({ id, name, colour, photographer, offset_seconds }): CameraOwn => ({
        id,
        model: 'FTP',
        name,
        colour,
        photographer,
        offset_seconds,
      }),
    ),
  )
  /** Names and colours by id; what the status says is newer. */
  const own = computed(
    () =>
      new Map<string, CameraOwn>(
        [...(reply.value?.known ?? []), ...connected.value, ...byFtp.value].map((camera) => [
          camera.id,
          camera,
        ]),
      ),
  )
  const shooters = computed(() => new Set(photos.items.map(({ camera_id }) => camera_id)))
  /** With one camera a colour would say nothing. */
  const several = computed(() => {
    const met = connected.value.filter(({ serial, readouts }) => serial !== null || readouts !== null)
    const ids = new Set([...shooters.value, ...met.map(({ id }) => id)])
    ids.delete(null)
    return ids.size > 1
  })
  const shotBy = ({ camera_id }: PhotoView): CameraOwn | null =>
    several.value && camera_id !== null ? (own.value.get(camera_id) ?? null) : null

  async function load(): Promise<void> {
    try {
      reply.value = await api.cameras()
      failed.value = null
    } catch (error) {
      failed.value = error
    }
  }

  /** @throws ApiFailure */
  async function change(body: CameraBody): Promise<void> {
    reply.value = await api.changeCamera(body)
  }

  // A camera that is not connected now is known by its photos only; each unknown one is asked about once.
  const lookedUp = new Set<string>()
  watch(
    () => [...shooters.value].filter((id) => id !== null && !own.value.has(id) && !lookedUp.has(id)),
    (strangers) => {
      if (strangers.length === 0) return
      for (const id of strangers) lookedUp.add(id!)
      void load()
    },
    { immediate: true },
  )

  return { reply, failed, own, several, shotBy, load, change }
})
