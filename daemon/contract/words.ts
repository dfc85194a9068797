import { Type, type Static } from 'typebox'
import { LONGEST } from './word-lengths.ts'

const Line = Type.String({ maxLength: LONGEST.line })
const Text = Type.String({ maxLength: LONGEST.text })
const List = Type.Array(Type.String({ maxLength: LONGEST.item }), { maxItems: LONGEST.items })

/** What a picture says in words, by IPTC's names (Photo Metadata Standard, Core and Extension). What nobody said is ''
 * or an empty list. */
export const Words = Type.Object(
  {
    headline: Line,
    /** Several lines, which end in a line feed. */
    caption: Text,
    keywords: List,
    /** Several are separated by semicolons, as in EXIF. */
    creator: Line,
    /** Whom a publication has to name. */
    credit: Line,
    source: Line,
    copyright: Line,
    usageTerms: Text,
    city: Line,
    country: Line,
    /** What was going on. */
    event: Line,
    /** Who can be seen. */
    persons: List,
  },
  { additionalProperties: false },
)
export type Words = Static<typeof Words>

/** Any of the Words; a field left out keeps what it was. */
export const WordsChange = Type.Partial(Words, { additionalProperties: false })
export type WordsChange = Static<typeof WordsChange>
