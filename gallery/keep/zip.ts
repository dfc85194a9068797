import { downloadZip } from 'client-zip'

/** Bytes of photos in one archive where it has to be put together in memory. */
export const MOST_IN_MEMORY = 150_000_000

/** Groups in the same order, each of `most` bytes at the most; what is heavier alone is alone. */
export const groupsOf = <T>(all: readonly T[], bytesOf: (one: T) => number, most: number): T[][] => {
  const groups: T[][] = []
  let room = 0
  for (const one of all) {
    const bytes = bytesOf(one)
    if (groups.length === 0 || bytes > room) {
      groups.push([])
      room = most
    }
    groups[groups.length - 1]?.push(one)
    room -= bytes
  }
  return groups
}

interface Picker {
  showSaveFilePicker?: (options: {
    suggestedName: string
    types: { accept: Record<string, string[]> }[]
  }) => Promise<{ createWritable: () => Promise<WritableStream<Uint8Array>> }>
}

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

/** Hands a file to the browser's downloads. */
export const handOver = (url: string, name: string): void => {
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.hidden = true
  document.body.append(link)
  link.click()
  link.remove()
}

export interface ZipNeeds<T> {
  entries: readonly T[]
  bytesOf: (entry: T) => number
  /** One photo's file; rejects when it cannot be had, and the archive goes without it. */
  file: (entry: T) => Promise<File>
  /** The archive's name without its ending. */
  name: string
  signal: AbortSignal
  progress: (done: number) => void
  window?: Picker
}

/** Makes an archive of photos: on the disk as it grows, where the browser asks the guest for a place, else in parts
 * that a tab has room for. To be called while the guest's press still counts.
 * @returns how many photos are missing in it
 * @throws AbortError when the guest thinks better of it */
export const saveZip = async <T>(needs: ZipNeeds<T>): Promise<number> => {
  const { entries, signal, name } = needs
  const picker = (needs.window ?? (window as Picker)).showSaveFilePicker
  let missing = 0
  let done = 0

  async function* files(some: readonly T[]): AsyncGenerator<File> {
    for (const entry of some) {
      if (signal.aborted) throw new DOMException('', 'AbortError')
      const file = await needs.file(entry).catch((error: unknown) => {
        if (signal.aborted || isAbort(error)) throw error
        missing += 1
        return null
      })
      if (file !== null) yield file
      needs.progress(++done)
    }
  }

  const place = await picker
    ?.call(window, { suggestedName: `${name}.zip`, types: [{ accept: { 'application/zip': ['.zip'] } }] })
    .catch((error: unknown) => {
      // A page inside another one may not ask; the guest who closed the question did not want the file.
      if (isAbort(error)) throw error
      return undefined
    })
  if (place !== undefined) {
    await downloadZip(files(entries)).body?.pipeTo(await place.createWritable(), { signal })
    return missing
  }
  const groups = groupsOf(entries, needs.bytesOf, MOST_IN_MEMORY)
  let last = ''
  for (const [n, group] of groups.entries()) {
    const blob = await downloadZip(files(group)).blob()
    // The one before has reached the disk: as long as its address is good, it fills the memory.
    URL.revokeObjectURL(last)
    last = URL.createObjectURL(blob)
    handOver(last, `${name}${groups.length > 1 ? `-${n + 1}` : ''}.zip`)
  }
  setTimeout(() => URL.revokeObjectURL(last), 30_000)
  return missing
}
