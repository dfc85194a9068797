import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether two texts are the same; takes the same time wherever they differ. */
export function sameText(text: string, other: string): boolean {
  const hash = (value: string) => createHash('sha256').update(value).digest()
  return timingSafeEqual(hash(text), hash(other))
}
