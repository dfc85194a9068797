/** Characters of a line, of a text of several lines, and of one of a list of words; and how many a list has. */
export const LONGEST = { line: 500, text: 5000, item: 120, items: 100 } as const
