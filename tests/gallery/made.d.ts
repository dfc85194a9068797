import type { EventsIndex, ManifestEntry, ManifestHead, ManifestIndex, PageRef } from '../../daemon/contract/manifest.ts';
import { type Read } from '../../gallery/feed/read.ts';
/** The nth photo of an evening; a higher number was published later. */
export declare const photo: (n: number, change?: Partial<ManifestEntry>) => ManifestEntry;
/** Photos `from` down to `to`, newest first. */
export declare const photos: (from: number, to: number) => ManifestEntry[];
export interface Book {
    file: string;
    entries: ManifestEntry[];
}
export declare const book: (file: string, entries: ManifestEntry[]) => Book;
export declare const refOf: ({ file, entries }: Book) => PageRef;
/** An index page and its name. */
export declare const shelve: (file: string, pages: PageRef[]) => {
    ref: PageRef;
    page: ManifestIndex;
};
export declare const head: (revision: number, recent: ManifestEntry[], books?: Book[], indexes?: PageRef[]) => ManifestHead;
export declare const index: (current?: string | null, prefix?: string) => EventsIndex;
/** Documents by address, every request noted; an address without one answers 404, `fail` breaks some. */
export declare const createDocuments: () => {
    read: Read;
    asked: string[];
    put: (url: string, value: unknown) => Map<string, unknown>;
    putHead: (value: ManifestHead) => Map<string, unknown>;
    putIndex: ({ ref, page }: ReturnType<typeof shelve>) => Map<string, unknown>;
    putRegistry: ({ file, entries }: Book) => Map<string, unknown>;
    /** The event at an address is kept from this guest. */
    close: (url: string, state: "pin" | "ended", title: string) => Map<string, unknown>;
    fail: (when: (url: string) => boolean) => (url: string) => boolean;
    /** As if there had never been any. */
    clear(): void;
};
export declare const namesOf: (entries: readonly ManifestEntry[]) => string[];
