import type { CameraOwn } from '../../daemon/contract/camera.ts'
import type { Edit } from '../../daemon/contract/edit.ts'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import { useCameras } from '../stores/cameras.ts'
import { isNeutral, useEdits } from '../stores/edits.ts'
import { usePhotos } from '../stores/photos.ts'
import { usePresence } from '../stores/presence.ts'
import { usePrints } from '../stores/prints.ts'
import { usePublishing } from '../stores/publishing.ts'
import { useSelection } from '../stores/selection.ts'
import { useWaiting } from '../stores/waiting.ts'

/** What one tile shows. */
export interface TileCell {
  readonly photo: PhotoView
  readonly edit: Edit
  readonly edited: boolean
  readonly focused: boolean
  readonly selected: boolean
  readonly selecting: boolean
  readonly busy: boolean
  /** How often a picture of it was announced. */
  readonly ready: number
  /** Which camera shot it, where that is worth showing. */
  readonly shotBy: CameraOwn | null
  /** The photo came while this page was open: until its tile is there, the camera's own small picture is shown. */
  readonly fresh: boolean
  /** Something was decided about it that the daemon does not have yet. */
  readonly waits: boolean
  /** Copies that are to be printed. */
  readonly toPrint: number
  /** Somebody else has it open. */
  readonly open: boolean
}

const isSame = (a: TileCell, b: TileCell) =>
  (Object.keys(b) as (keyof TileCell)[]).every((key) => a[key] === b[key])

/** Puts together what the tile of a photo shows. It stays the same object as long as nothing of it changes: of a whole
 * screen of tiles, only those are drawn again that have to be. */
export function useTileCells(): (photo: PhotoView) => TileCell {
  const cameras = useCameras()
  const edits = useEdits()
  const photos = usePhotos()
  const presence = usePresence()
  const prints = usePrints()
  const publishing = usePublishing()
  const selection = useSelection()
  const waiting = useWaiting()
  const known = new WeakMap<PhotoView, TileCell>()

  return (photo) => {
    // A store's functions are wrapped as actions, and thirty tiles would call them at each step.
    const edit = edits.ahead ? edits.of(photo) : photo.edit
    const cell: TileCell = {
      photo,
      edit,
      edited: !isNeutral(edit),
      focused: photo.id === selection.focusId,
      selected: selection.selected.has(photo.id),
      selecting: selection.selecting,
      busy: publishing.isBusy(photo.id),
      ready: photos.ready.get(photo.id) ?? 0,
      shotBy: cameras.several ? cameras.shotBy(photo) : null,
      fresh: photos.fresh.has(photo.id),
      waits: waiting.byName.has(photo.filename),
      toPrint: waiting.byName.has(photo.filename) ? prints.wanted(photo) : (photo.print?.waiting ?? 0),
      open: presence.byPhoto.has(photo.id),
    }
    const before = known.get(photo)
    if (before && isSame(before, cell)) return before
    known.set(photo, cell)
    return cell
  }
}
