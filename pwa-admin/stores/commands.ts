import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import type { Right } from '../../daemon/contract/roles.ts'
import type { Action } from '../shell/keys.ts'
import { useNeeds } from '../connection/needs.ts'
import { primaryOf } from '../edit/preview/primary.ts'
import { useFilters } from './filters.ts'
import { useSelection } from './selection.ts'
import { useEdits, type Dial } from './edits.ts'
import { useEditClipboard } from '../edit/edit-clipboard.ts'
import { useRating } from './rating.ts'
import { useStageView } from '../stage/stage-view.ts'
import { useMoving, type Move } from './moving.ts'
import { usePhotos } from './photos.ts'
import { usePrefs } from './prefs.ts'
import { usePrints } from './prints.ts'
import { usePublished } from './published.ts'
import { usePublishing } from './publishing.ts'
import { useSystem } from './system.ts'

/** After a photo left the stage the next one stands where it stood. For this long a second Enter or tap is taken
 * for the tail of the first, milliseconds. */
export const SETTLE_MS = 350

/** The right that each key needs. */
const NEEDS: Record<Action['do'], Right> = {
  move: 'see',
  nudge: 'edit',
  publish: 'publish',
  reject: 'sort',
  archive: 'sort',
  unpublish: 'publish',
  rotate: 'edit',
  select: 'sort',
  'select-all': 'sort',
  open: 'see',
  skip: 'rate',
  rate: 'rate',
  pick: 'rate',
  print: 'print',
  copies: 'print',
  zoom: 'see',
  compare: 'see',
  copy: 'edit',
  paste: 'edit',
  escape: 'see',
  help: 'see',
}

/** What buttons and keys do, to the picked photos if there are any, else to the one on the stage. */
export const useCommands = defineStore('commands', () => {
  const { now } = useNeeds()
  const filters = useFilters()
  const selection = useSelection()
  const edits = useEdits()
  const clipboard = useEditClipboard()
  const rating = useRating()
  const stageView = useStageView()
  const moving = useMoving()
  const photos = usePhotos()
  const { prefs } = usePrefs()
  const prints = usePrints()
  const published = usePublished()
  const publishing = usePublishing()
  const system = useSystem()
  const helpOpen = ref(false)
  let quietUntil = 0

  /** False while the photo on the stage has only just come there. */
  function settled(): boolean {
    const at = now()
    if (at < quietUntil) return false
    quietUntil = at + SETTLE_MS
    return true
  }

  function targets(): PhotoView[] {
    if (selection.selected.size > 0) return filters.shown.filter((photo) => selection.selected.has(photo.id))
    return selection.focused ? [selection.focused] : []
  }

  const primary = (photo: PhotoView) =>
    primaryOf(
      photo,
      edits.of(photo),
      published.byPhoto.get(photo.id) ?? [],
      system.status?.finish.key ?? null,
    )

  /** Ids that the present list will lose when these photos are published. */
  const leavingInbox = (list: readonly PhotoView[]) =>
    new Set(filters.filter === 'inbox' ? list.map((photo) => photo.id) : [])

  async function publish(): Promise<void> {
    const list = targets()
    const [first] = list
    if (!first || !settled()) return
    if (selection.selected.size > 0) {
      const fresh = list.filter((photo) => photo.state === 'buffer' && primary(photo).kind !== 'live')
      selection.clear()
      selection.advance(leavingInbox(fresh))
      const count = await publishing.publishMany(fresh, (photo) => {
        const what = primary(photo)
        return what.kind === 'update' ? what.replaces : null
      })
      if (count > 0) system.say('said.batch', { n: count })
      return
    }
    const what = primary(first)
    if (what.kind === 'restore') return move('restore', true)
    if (what.kind === 'live' || publishing.isBusy(first.id)) return
    // Before the list changes under it, or the next photo could not be found.
    if (prefs.advance) selection.advance(what.kind === 'update' ? new Set() : leavingInbox([first]))
    const { ok } = await publishing.publish(first, what.kind === 'update' ? what.replaces : null)
    if (ok) system.say(what.kind === 'update' ? 'said.updated' : 'said.published', { name: first.filename })
  }

  const SAID = { archive: 'said.archived', reject: 'said.rejected', restore: 'said.restored' } as const

  async function move(how: Move, alreadySettled = false): Promise<void> {
    const list = targets().filter((photo) => (how === 'restore') === (photo.state !== 'buffer'))
    const [first] = list
    if (!first || (!alreadySettled && !settled())) return
    selection.clear()
    if (prefs.advance || list.length > 1) selection.advance(new Set(list.map((photo) => photo.id)))
    const moved = await moving.moveMany(list, how)
    if (moved > 0) system.say(SAID[how], { name: first.filename })
  }

  async function unpublish(): Promise<void> {
    const photo = selection.focused
    const name = photo?.live.at(-1)
    if (name && (await moving.unpublish(name))) system.say('said.unpublished', { name })
  }

  /** Leaves the photo as it is and marks it seen, so that the inbox holds what nobody has looked at. */
  function skip() {
    const photo = selection.focused
    if (!photo || selection.selected.size > 0) return
    void edits.flush(photo.id)
    const seen = photo.state === 'buffer' && photo.live.length === 0 && !photo.seen
    selection.advance(new Set(seen && filters.filter === 'inbox' ? [photo.id] : []))
    if (seen) void rating.mark(photo, { seen: true })
  }

  function step(by: 'item' | 'row', direction: 1 | -1, extend = false) {
    if (selection.focused) void edits.flush(selection.focused.id)
    selection.move(by, direction, extend)
  }

  function escape() {
    if (selection.selected.size > 0 || selection.selecting) selection.clear()
    else if (stageView.zoom) stageView.zoom = null
    else selection.opened = false
  }

  /** @param dial the slider that has the focus, if one has */
  function run(action: Action, dial: Dial = 'exposure'): void {
    if (!system.can(NEEDS[action.do])) return
    const photo = selection.focused
    switch (action.do) {
      case 'move':
        return step(action.by, action.step, action.extend)
      case 'nudge':
        return photo?.state === 'buffer' ? edits.nudge(photo, dial, action.step) : undefined
      case 'publish':
        return void publish()
      case 'reject':
        return void move('reject')
      case 'archive':
        return void move('archive')
      case 'unpublish':
        return void unpublish()
      case 'rotate':
        return photo?.state === 'buffer' ? edits.rotate(photo) : undefined
      case 'select':
        return photo ? selection.toggle(photo.id) : undefined
      case 'skip':
        return skip()
      case 'rate':
        return rating.rate(targets(), action.stars)
      case 'pick':
        return rating.pick(targets())
      case 'print':
        return prints.toggle(targets())
      case 'copies':
        return prints.step(targets(), action.step)
      case 'zoom':
        return stageView.toggleZoom()
      case 'compare':
        stageView.before = !stageView.before
        return
      case 'open':
        if (photo) selection.opened = true
        return
      case 'copy':
        return photo ? clipboard.copy(photo) : undefined
      case 'paste':
        return clipboard.paste(targets())
      case 'select-all':
        return selection.selectAll()
      case 'escape':
        return escape()
      case 'help':
        helpOpen.value = true
        return
    }
  }

  /** Puts the photo behind a publication on the stage, wherever it is kept now. */
  async function showOriginal(photoId: string): Promise<void> {
    for (const state of ['archived', 'trashed'] as const) {
      if (photos.byId.has(photoId)) break
      if (photos.phase[state] !== 'ready') await photos.load(state)
    }
    if (!photos.byId.has(photoId)) return
    selection.focus(photoId)
    selection.opened = true
  }

  return { helpOpen, primary, targets, publish, move, unpublish, skip, step, escape, run, showOriginal }
})
