import type { Edit } from '../../contract/edit.ts'
import type { FinalState } from '../../contract/final.ts'
import type { PhotoState } from '../../contract/photo.ts'
import type { PrintState } from '../../contract/photo-print.ts'
import type { EventSettings, EventState } from '../../contract/settings.ts'
import type { WordsChange } from '../../contract/words.ts'
import type { FolderPaths } from '../../folders.ts'
import type { EventAccess } from '../event-access.ts'
import type { AuditActor, AuditText } from '../people/audit-line.ts'

export interface OriginalFact {
  readonly photo: string
  readonly role: 'main' | 'raw'
  readonly filename: string
  readonly sha256: string
  readonly bytes: number
  readonly modifiedAt: number
  readonly kind: string
  readonly origin: string
  /** The stem of its name where it came from; absent in older lines, as is what follows. */
  readonly stem?: string
  readonly picture?: string | null
  readonly shotAt?: number | null
}

/** What a journal's line may say. Ids are the catalog's; times are milliseconds since 1970; fields that are marked absent
 * are in lines of newer programs only, and a reader does without. A new kind is a member here, a `note` where it comes
 * about, and a handler in `catalog/rebuild/handlers.ts`, which the compiler asks for. */
export type JournalFact =
  | {
      readonly fact: 'event.opened'
      readonly slug: string
      readonly prefix: string
      readonly date: string
      readonly startsAt: number
      /** The catalog's number of it; absent in older lines. */
      readonly id?: number
    }
  | {
      readonly fact: 'event.changed'
      readonly state?: EventState
      readonly settings?: EventSettings
      readonly hero?: string | null
      readonly access?: EventAccess
      /** As the catalog keeps them: those in the data folder relative to it. */
      readonly folders?: FolderPaths
    }
  /** A value of the program that concerns every Event (looks, cameras, output settings), in the journal of the Event that
   * was current. Nothing secret: see `kept-settings.ts`. */
  | { readonly fact: 'setting.changed'; readonly key: string; readonly value: string }
  | {
      readonly fact: 'photo.added'
      readonly photo: string
      readonly filename: string
      readonly width: number
      readonly height: number
      readonly takenAt: number
      /** Absent in lines that are older than it. */
      readonly offset?: number
      readonly camera: string | null
      readonly serial: string | null
      readonly rating: number
      readonly cameraId: string | null
      readonly marked: boolean
      /** Absent in older lines, as is what follows. */
      readonly addedAt?: number
      readonly exposureValue?: number | null
    }
  | ({ readonly fact: 'original.added' } & OriginalFact)
  /** Another program renamed its file. */
  | {
      readonly fact: 'original.renamed'
      readonly photo: string
      readonly sha256: string
      readonly filename: string
    }
  /** The same frame has other bytes from now on, with stars, a caption or another orientation; of a main Original the
   * size, too, as it is shown. */
  | {
      readonly fact: 'original.renewed'
      readonly photo: string
      readonly was: string
      readonly sha256: string
      readonly bytes: number
      readonly modifiedAt: number
      readonly width?: number
      readonly height?: number
      /** Absent in older lines. */
      readonly picture?: string | null
      readonly shotAt?: number | null
    }
  /** A JPEG joined a RAW that came first: the Photo shows the JPEG from now on. */
  | {
      readonly fact: 'photo.shown'
      readonly photo: string
      readonly filename: string
      readonly width: number
      readonly height: number
    }
  /** After `photo.deleted` it also says that the photo is back. */
  | { readonly fact: 'photo.moved'; readonly photo: string; readonly state: PhotoState }
  /** Emptied from the trash: its files are gone for good, and are not taken in again from a card. */
  | { readonly fact: 'photo.deleted'; readonly photo: string }
  | {
      readonly fact: 'photo.rated'
      readonly photo: string
      readonly rating: number
      readonly pick: boolean
      /** Absent in lines that are older than the mark. */
      readonly seen?: boolean
    }
  /** All that is said of it in words from now on, the colour that came with it and whether it was rejected elsewhere. */
  | {
      readonly fact: 'photo.worded'
      readonly photo: string
      readonly found: WordsChange
      readonly own: WordsChange
      readonly label: string
      readonly rejected: boolean
    }
  | { readonly fact: 'photo.marked'; readonly photo: string; readonly rating: number }
  /** The time taken of all of a camera's photos so far moved by `by` milliseconds. */
  | { readonly fact: 'photos.shifted'; readonly cameraId: string; readonly by: number }
  /** All photos so far that were of no known camera, and whose files say this number, are this camera's. */
  | { readonly fact: 'photos.claimed'; readonly serial: string; readonly cameraId: string }
  /** How often another program published it and took it out. */
  | {
      readonly fact: 'photo.counted'
      readonly photo: string
      readonly published: number
      readonly unpublished: number
    }
  /** `given`: nobody edited it, a Look came with it. */
  | { readonly fact: 'edit.kept'; readonly photo: string; readonly edit: Edit; readonly given?: boolean }
  /** A public name was taken, for good, whatever becomes of the publication. */
  | { readonly fact: 'name.used'; readonly name: string }
  | {
      readonly fact: 'publication.live'
      readonly publication: string
      readonly photo: string
      readonly name: string
      readonly edit: Edit
      readonly finish: string
      readonly place: number
      readonly width: number
      readonly height: number
      readonly bytes: number
      readonly thumbhash: string
      /** Bytes of the view, null where there is none; absent in older lines. */
      readonly view?: number | null
      /** The hash of the Original that it was made from; absent in older lines. */
      readonly source?: string
      /** Who was said to have shot it; absent for nobody. */
      readonly photographer?: string
      /** The words in its files, as JSON; absent where there are none. */
      readonly words?: string
      /** Of the full size: null when none is wanted, 0 until it is made; absent in older lines. */
      readonly full?: number | null
      /** Absent in older lines: then when the line was written. */
      readonly publishedAt?: number
      /** The publication that left in the same moment. */
      readonly replaced: string | null
    }
  | { readonly fact: 'publication.gone'; readonly publication: string }
  /** Null: it is not to come. */
  | { readonly fact: 'publication.full'; readonly publication: string; readonly bytes: number | null }
  /** The bucket has nothing of it any more, or guests' addresses say so too. */
  | {
      readonly fact: 'publication.cleared'
      readonly publication: string
      readonly state: 'removed' | 'verified'
    }
  /** A finished picture came back; its bytes lie in the finals folder, under this hash. */
  | {
      readonly fact: 'final.taken'
      readonly final: string
      readonly filename: string
      readonly sha256: string
      readonly kept: string
      readonly bytes: number
      readonly kind: string
      readonly width: number
      readonly height: number
      readonly shotAt: number | null
      readonly serial: string | null
      readonly cameAt: number
    }
  /** What became of it: see the table. Of one that is placed, the final and the Edit that the Photo had before. */
  | {
      readonly fact: 'final.decided'
      readonly final: string
      readonly state: FinalState
      readonly photo: string | null
      readonly before: string | null
      readonly editBefore: Edit | null
    }
  /** What the Photo shows from now on: a final, or its Original (null). */
  | { readonly fact: 'final.shown'; readonly photo: string; readonly final: string | null }
  /** Copies of it are wanted on paper, as the print of that number; 0: not any more. */
  | {
      readonly fact: 'print.wanted'
      readonly print: number
      readonly photo: string
      readonly copies: number
      readonly again: boolean
    }
  /** What became of a print, and what it was made from. */
  | {
      readonly fact: 'print.went'
      readonly print: number
      readonly photo: string
      readonly copies: number
      readonly version: string | null
      readonly state: PrintState
    }
  /** A line of the audit trail. */
  | ({ readonly fact: 'deed' } & AuditActor & AuditText)
