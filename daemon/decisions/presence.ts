import type { Bus } from '../bus.ts'
import type { OpenPhoto } from '../contract/presence.ts'
import type { Actor } from './actors.ts'

/** How long a Photo stays reserved for the device that opened it, milliseconds; a page that still shows it asks again
 * in time. */
export const KEPT_FOR = 20_000

/** Which device has which Photo open, so that two assistants do not work on the same one. Nobody is kept from
 * anything by it. */
export interface Reservations {
  /** Keeps a Photo for a device, which lets go of the one that it had; null only lets go.
   * @returns who has it instead, if somebody else does */
  open(actor: Actor, photoId: string | null): OpenPhoto | null
  /** The device is gone. */
  leave(actorId: string): void
  list(): OpenPhoto[]
  stop(): void
}

export function createReservations(needs: {
  bus: Pick<Bus, 'emit'>
  nameOf: (actorId: string) => string
}): Reservations {
  const byPhoto = new Map<string, OpenPhoto & { timer: NodeJS.Timeout }>()
  const plain = ({ photo_id, by, name }: OpenPhoto): OpenPhoto => ({ photo_id, by, name })

  function close(photoId: string): void {
    const open = byPhoto.get(photoId)
    if (!open) return
    clearTimeout(open.timer)
    byPhoto.delete(photoId)
    needs.bus.emit({ type: 'photo.opened', open: false, ...plain(open) })
  }
  function leave(actorId: string, except?: string): void {
    for (const { photo_id, by } of [...byPhoto.values()])
      if (by === actorId && photo_id !== except) close(photo_id)
  }

  return {
    open(actor, photoId) {
      leave(actor.id, photoId ?? undefined)
      if (photoId === null) return null
      const had = byPhoto.get(photoId)
      if (had && had.by !== actor.id) return plain(had)
      clearTimeout(had?.timer)
      const timer = setTimeout(() => close(photoId), KEPT_FOR)
      timer.unref()
      const open = { photo_id: photoId, by: actor.id, name: needs.nameOf(actor.id), timer }
      byPhoto.set(photoId, open)
      if (!had) needs.bus.emit({ type: 'photo.opened', open: true, ...plain(open) })
      return null
    },
    leave,
    list: () => [...byPhoto.values()].map(plain),
    stop() {
      for (const { timer } of byPhoto.values()) clearTimeout(timer)
      byPhoto.clear()
    },
  }
}
