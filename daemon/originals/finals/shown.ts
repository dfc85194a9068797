import { join } from 'node:path'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import { KEPT } from '../../folders.ts'

/** Where the bytes of a final lie. @param folder the Event's folder of finals */
export const finalPath = (folder: string, { kept }: { readonly kept: string | null }): string =>
  join(folder, KEPT, kept ?? 'deleted')

/** The hash of what a Photo shows and publishes. */
export const shownSha256 = ({ final, main }: Pick<PhotoRecord, 'final' | 'main'>): string =>
  final?.sha256 ?? main.sha256
