import { looksRaw } from '../../originals/names.ts'
import { shotKey } from '../source.ts'
import type { CameraFile, CameraPath } from './port.ts'

/** Names a file for as long as its bytes stay the same, with the card and folder that it is on. */
export function keyOf({ folder, name, bytes, modifiedAt }: CameraFile): string {
  return shotKey(`${folder}/${name}`, bytes ?? 0, modifiedAt ?? 0)
}

/** The folder without the card: a RAW on one card and its JPEG on the other share it. */
export function folderOnCard({ folder }: CameraPath): string {
  return folder.replace(/^\/(store_\w+\/?)?/, '')
}

/** The path as people know it: `DCIM/100CANON/IMG_0001.JPG`. */
export function pathOnCard(file: CameraPath): string {
  return `${folderOnCard(file)}/${file.name}`
}

/** How the catalog finds what came from there under that name. */
export function originOf(sourceId: string, file: CameraPath): [string, { name: string; isRaw: boolean }] {
  return [`${sourceId}:${folderOnCard(file)}`, { name: file.name, isRaw: looksRaw(file.name) }]
}
