import type { Catalog } from '../catalog/catalog.ts'
import type { PhotoRecord } from '../catalog/photos/photos.ts'
import { requirePhoto } from '../catalog/photos/require-photo.ts'
import type { Decision } from '../contract/decision.ts'
import type { Edit } from '../contract/edit.ts'
import type { JobView } from '../contract/job.ts'
import { editKey, toneOf } from '../contract/recipe.ts'
import { Refusal } from '../errors.ts'
import type { Actor } from './actors.ts'
import type { JobRunner } from './jobs.ts'

/** Gives the photos of a scene the light and colour of the one that a person corrected. */
export interface SceneEditing {
  /** Names of the photos of its scene that look otherwise, oldest first.
   * @throws Refusal 404 for an unknown name */
  others(filename: string): string[]
  /** One job, and one undo. Each keeps its own crop and turn; what is published of it is replaced.
   * @param added called in the transaction that makes the job
   * @throws Refusal 404 for an unknown name, 409 `no_scene` when there is no such photo; those of `JobRunner.add` */
  apply(actor: Actor, filename: string, added?: (job: JobView) => void): JobView
}

export function createSceneEditing(needs: {
  catalog: Pick<Catalog, 'photos' | 'publications' | 'scenes' | 'events'>
  jobs: Pick<JobRunner, 'add'>
}): SceneEditing {
  const { catalog } = needs

  function decisionsOf(photo: PhotoRecord, tone: Partial<Edit>): Decision[] {
    const { filename } = photo
    const isOther = (edit: Edit) => editKey({ ...edit, ...tone }) !== editKey(edit)
    const kept: Decision[] = isOther(photo.edit) ? [{ kind: 'edit', filename, edit: tone }] : []
    // Guests get the new light on what was approved: a crop that nobody has published yet stays with the Mac.
    const published = catalog.publications
      .liveOf(photo.id)
      .filter(({ edit }) => isOther(edit))
      .map(({ name, edit }): Decision => {
        return {
          kind: 'publish',
          filename,
          edit: { ...edit, ...tone },
          again: true,
          replaces: name,
          keepsEdit: false,
        }
      })
    return [...kept, ...published]
  }

  function changes(filename: string): { filename: string; decisions: Decision[] }[] {
    const photo = requirePhoto(catalog, filename)
    const tone = toneOf(photo.edit)
    return catalog.scenes
      .neighbours(photo.id)
      .map((other) => ({ filename: other.filename, decisions: decisionsOf(other, tone) }))
      .filter(({ decisions }) => decisions.length > 0)
  }

  return {
    others: (filename) => changes(filename).map((other) => other.filename),
    apply(actor, filename, added) {
      const decisions = changes(filename).flatMap((other) => other.decisions)
      if (decisions.length === 0) {
        const message = `No other photo of the scene of "${filename}" looks otherwise.`
        throw new Refusal(409, 'no_scene', message, { params: { name: filename } })
      }
      return needs.jobs.add(actor, 'edit', decisions, { ...(added && { added }) })
    },
  }
}
