import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Edit } from '../../daemon/contract/edit.ts'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import { toneOf } from '../../daemon/contract/recipe.ts'
import { useEdits } from '../stores/edits.ts'
import { useSelection } from '../stores/selection.ts'
import { useSystem } from '../stores/system.ts'

const isUpright = (photo: PhotoView) => photo.height > photo.width

/** The part of a copied Edit that means something on another photo: light and colour on any, the cut and the turn
 * only where the frame has the same shape. */
export function pastable(edit: Edit, from: PhotoView, to: PhotoView): Partial<Edit> {
  if (isUpright(from) === isUpright(to)) return edit
  return toneOf(edit)
}

/** The edit clipboard carries an edit from photo to photo. */
export const useEditClipboard = defineStore('edit-clipboard', () => {
  const selection = useSelection()
  const edits = useEdits()
  const system = useSystem()
  const copied = shallowRef<{ edit: Edit; from: PhotoView } | null>(null)

  function copy(photo: PhotoView) {
    copied.value = { edit: edits.of(photo), from: photo }
    system.say('edit.said.copied', { name: photo.filename })
  }
  /** Gives photos the copied edit, or the one of the photo on the stage where none was copied. */
  function paste(list: readonly PhotoView[]) {
    const stage = selection.focused
    const source = copied.value ?? (stage && { edit: edits.of(stage), from: stage })
    if (!source) return
    const wanted = list.filter((photo) => photo.state === 'buffer')
    for (const photo of wanted) edits.change(photo, pastable(source.edit, source.from, photo))
    if (wanted.length > 0) system.say('edit.said.pasted', { n: wanted.length })
  }

  return { copied, copy, paste }
})
