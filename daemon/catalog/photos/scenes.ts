import { prepareTuples, type Db } from '../store/sql.ts'
import { decode, SELECT, type PhotoRecord, type Row } from './photo-row.ts'
import { REHEARSAL } from './rehearsals.ts'

/** Photos of one scene: what one camera shot in the same light within a short time. */
export interface Scenes {
  /** The others in the buffer, oldest first; none where the camera or the exposure is not known. */
  neighbours(photoId: string): PhotoRecord[]
}

/** How far apart they were shot, milliseconds. */
export const SCENE_MS = 2 * 60_000
/** How far their exposures lie apart, EV. Cameras write rounded numbers: the third from 1/60 to 1/80 is 0.42 in them, two
 * thirds are 0.58 and more. */
export const SCENE_EV = 1 / 3 + 0.09

export function createScenes(db: Db): Scenes {
  const neighbours = prepareTuples<Row>(
    db,
    `${SELECT} JOIN photos f ON f.id = ?
     WHERE p.event_id = f.event_id AND p.state = 'buffer' AND p.deleted_at IS NULL AND p.id <> f.id
       AND m.origin <> '${REHEARSAL}'
       AND p.taken_at BETWEEN f.taken_at - ${SCENE_MS} AND f.taken_at + ${SCENE_MS}
       AND p.camera = f.camera AND p.serial IS f.serial AND p.camera_id IS f.camera_id
       AND abs(p.exposure_value - f.exposure_value) <= ${SCENE_EV}
     ORDER BY p.taken_at, p.id`,
  )
  return { neighbours: (photoId) => neighbours.all(photoId).map(decode) }
}
