import { Type } from 'typebox'

/** What is known of a rendition beside its file. It stands apart from what workers load: a worker reads nothing that is
 * stored, and the library of the schemas is half of what a worker's start costs. */
export const RenditionFacts = Type.Object({
  width: Type.Number(),
  height: Type.Number(),
  bytes: Type.Number(),
  thumbhash: Type.String({ description: 'Base64.' }),
})
