import { open } from 'node:fs/promises'

/** The last lines of a file, whatever its size; a line that is cut at the front is left out.
 * @param most bytes that are read
 * @returns oldest first; nothing when the file cannot be read */
export async function readTail(path: string, most: number): Promise<string[]> {
  const handle = await open(path, 'r').catch(() => null)
  if (!handle) return []
  try {
    const { size } = await handle.stat()
    const from = Math.max(0, size - most)
    const buffer = Buffer.alloc(Math.min(size, most))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from)
    const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n')
    if (from > 0) lines.shift()
    return lines.filter((line) => line.trim() !== '')
  } catch {
    return []
  } finally {
    await handle.close()
  }
}

/** The end of a log that is put aside as `<path>.1` when it becomes large: what is missing in the new one is read there.
 * @param most bytes that are read of both together, about */
export async function readLogTail(path: string, most: number): Promise<string[]> {
  const lines = await readTail(path, most)
  const left = most - lines.reduce((sum, line) => sum + line.length, 0)
  return left > most / 2 ? [...(await readTail(`${path}.1`, left)), ...lines] : lines
}
