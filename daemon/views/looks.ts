import type { Looks } from '../catalog/looks.ts'
import type { LooksReply } from '../contract/look.ts'

/** Looks as pages see them.
 * @param cameraName what people call a camera */
export function looksView(
  looks: Pick<Looks, 'list' | 'incomingLooks'>,
  cameraName: (id: string) => string,
): LooksReply {
  return {
    looks: [...looks.list()],
    from_now_on: looks.incomingLooks().map((incoming) => ({
      ...incoming,
      camera: incoming.camera_id === null ? null : cameraName(incoming.camera_id),
    })),
  }
}
