/** The newest lines of a stream, within bounds. */
export interface RecentLines {
  /** @param line with its line end */
  write(line: string): void
  /** Oldest first. */
  lines(): string[]
}

/** @param most characters that are kept; the newest line always is */
export function createRecentLines(most = 512 * 1024): RecentLines {
  let kept: string[] = []
  let first = 0
  let size = 0
  return {
    write(line) {
      kept.push(line.trimEnd())
      size += line.length
      while (size > most && first < kept.length - 1) size -= kept[first++]!.length + 1
      if (first < 1000) return
      kept = kept.slice(first)
      first = 0
    },
    lines: () => kept.slice(first),
  }
}
