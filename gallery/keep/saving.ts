import type { ManifestEntry } from '../../daemon/contract/manifest.ts'
import type { KeepWords } from '../locales/keep-words.ts'
import type { Bar } from './bar.ts'
import { handOver, saveZip } from './zip.ts'

export type FileSize = 'web' | 'full'

/** Photos that one share sheet takes. */
export const MOST_SHARED = 20
const AT_ONCE = 4

export interface SavingNeeds {
  /** Where a photo's file may be had, the best first: this page's own address, then the bucket's. */
  sources: (entry: ManifestEntry, size: FileSize) => readonly string[]
  /** What an archive is called. */
  title: () => string
  words: () => KeepWords
  bar: Bar
  pass: (text: string) => void
  /** Photos were saved, by their public names. */
  saved: (names: readonly string[]) => void
  /** The photo on screen is to be the whole file, for a guest who saves it by hand. */
  whole: () => void
}

/** Whether the browser hands files to other programs: to Photos, to a gallery, to a chat. */
export const canShareFiles = (): boolean => {
  try {
    const files = [new File(['.'], 'photo.jpg', { type: 'image/jpeg' })]
    return typeof navigator.share === 'function' && navigator.canShare?.({ files }) === true
  } catch {
    return false
  }
}

/** An iPhone or iPad; the latter calls itself a Mac. Without a share sheet, as on plain HTTP, the photo itself is the
 * only way into Photos. */
export const isApplePhone = (): boolean =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) ||
  (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1)

export const bytesOf = (entry: ManifestEntry, size: FileSize): number =>
  size === 'full' ? (entry.fullBytes ?? entry.bytes * 8) : entry.bytes

/** The full size where it was asked for and there is one. */
const sizeOf = (entry: ManifestEntry, size: FileSize): FileSize => (entry.has.full ? size : 'web')

const nameOf = (error: unknown): string => (error instanceof DOMException ? error.name : '')

/** Brings photos to where a guest keeps photos. */
export const createSaving = (needs: SavingNeeds) => {
  const { bar, pass, words } = needs

  const fileOf = async (entry: ManifestEntry, size: FileSize, signal: AbortSignal): Promise<File> => {
    for (const url of needs.sources(entry, sizeOf(entry, size)))
      try {
        const reply = await fetch(url, { signal })
        const type = reply.headers.get('content-type') ?? ''
        // A captive portal answers with a page.
        if (!reply.ok || !type.startsWith('image/')) continue
        const taken = Date.parse(entry.takenAt)
        return new File([await reply.blob()], entry.filename, {
          type: 'image/jpeg',
          ...(taken > 0 && { lastModified: taken }),
        })
      } catch (error) {
        if (signal.aborted) throw error
      }
    throw new Error(`gallery: could not fetch "${entry.filename}"`)
  }

  /** Shows how far something is, and lets the guest end it. */
  const underWay = (count: number) => {
    const abort = new AbortController()
    let done = 0
    const remove = bar.put(() => ({
      text: words().fetching(done, count),
      buttons: [{ id: 'keep-cancel', label: words().cancel, press: () => abort.abort() }],
    }))
    return {
      signal: abort.signal,
      progress(now: number): void {
        done = now
        bar.draw()
      },
      remove,
    }
  }

  const offer = async (files: File[]): Promise<void> => {
    try {
      // Files alone: with a title or a text beside them some phones hand on the text.
      await navigator.share({ files })
      needs.saved(files.map(({ name }) => name))
    } catch (error) {
      if (nameOf(error) === 'AbortError') return
      if (nameOf(error) !== 'NotAllowedError') throw error
      // The press was too long ago: a new one is needed, and now everything is here.
      const remove = bar.put(() => ({
        text: words().ready(files.length),
        buttons: [
          { id: 'keep-cancel', label: words().cancel, press: () => remove() },
          {
            id: 'keep-again',
            label: words().save,
            main: true,
            press: () => {
              remove()
              void offer(files).catch(() => pass(words().notSaved))
            },
          },
        ],
      }))
    }
  }

  const share = async (entries: readonly ManifestEntry[], size: FileSize): Promise<void> => {
    const { signal, progress, remove } = underWay(entries.length)
    const files: (File | null)[] = []
    let next = 0
    let done = 0
    const take = async (): Promise<void> => {
      for (let at = next++; at < entries.length; at = next++) {
        const entry = entries[at]
        if (entry === undefined) return
        files[at] = await fileOf(entry, size, signal).catch((error: unknown) => {
          if (signal.aborted) throw error
          return null
        })
        progress(++done)
      }
    }
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, take))
    } catch {
      return
    } finally {
      remove()
    }
    const had = files.filter((file) => file !== null)
    const [first] = entries
    if (had.length === 0) return first === undefined ? undefined : byHand(first, size)
    if (had.length < entries.length) pass(words().left(entries.length - had.length))
    await offer(had).catch(() => (first === undefined ? undefined : byHand(first, size)))
  }

  /** The file in a window of its own, for whoever may look at a photo there and not read it from here. */
  const byHand = (entry: ManifestEntry, size: FileSize): void => {
    const [last] = needs.sources(entry, sizeOf(entry, size)).slice(-1)
    if (last === undefined) return
    const link = document.createElement('a')
    link.href = last
    link.target = '_blank'
    link.rel = 'noopener'
    link.click()
    pass(words().hold)
  }

  const download = async (entry: ManifestEntry, size: FileSize): Promise<void> => {
    const [own = '', other] = needs.sources(entry, sizeOf(entry, size))
    // Where there is no other way the browser's own download tells what went wrong.
    const isThere =
      other === undefined ||
      (await fetch(own, { method: 'HEAD' }).then(
        ({ ok }) => ok,
        () => false,
      ))
    if (isThere) {
      needs.saved([entry.filename])
      return handOver(own, entry.filename)
    }
    const file = await fileOf(entry, size, new AbortController().signal).catch(() => null)
    if (file === null) return byHand(entry, size)
    const url = URL.createObjectURL(file)
    handOver(url, entry.filename)
    needs.saved([entry.filename])
    setTimeout(() => URL.revokeObjectURL(url), 30_000)
  }

  const zip = async (entries: readonly ManifestEntry[], size: FileSize): Promise<void> => {
    const { signal, progress, remove } = underWay(entries.length)
    try {
      const missing = await saveZip({
        entries,
        bytesOf: (entry) => bytesOf(entry, sizeOf(entry, size)),
        file: (entry) => fileOf(entry, size, signal),
        name: needs.title(),
        signal,
        progress,
      })
      needs.saved(entries.map(({ filename }) => filename))
      pass(missing > 0 ? words().left(missing) : words().saved)
    } catch (error) {
      if (nameOf(error) !== 'AbortError') pass(words().notSaved)
    } finally {
      remove()
    }
  }

  return {
    /** The share sheet where files can be shared; elsewhere one photo is downloaded, and several as an archive. */
    async save(entries: readonly ManifestEntry[], size: FileSize): Promise<void> {
      const [first] = entries
      if (first === undefined) return
      if (canShareFiles()) {
        if (entries.length > MOST_SHARED) return pass(words().most(MOST_SHARED))
        return share(entries, size)
      }
      if (isApplePhone()) {
        needs.whole()
        return pass(words().hold)
      }
      return entries.length === 1 ? download(first, size) : zip(entries, size)
    },
    zip,
  }
}

export type Saving = ReturnType<typeof createSaving>
