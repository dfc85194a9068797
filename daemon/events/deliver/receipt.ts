import { readFile } from 'node:fs/promises'
import { Type, type Static } from 'typebox'
import { DeliverChoice } from '../../contract/deliver.ts'
import { readStored } from '../../util/stored.ts'

/** Says what a delivery holds. It is written last: a folder without it holds no whole delivery. */
export const RECEIPT = 'delivery.json'
export const SUMMARY = 'summary.txt'

const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })

/** A file of ours in a delivery's folder. */
export const Delivered = Type.Object({
  /** Below the delivery's folder, with `/`. */
  path: Type.String(),
  bytes: Type.Integer({ minimum: 0 }),
  sha256: Sha256,
  /** What it is, the same in every delivery. */
  key: Type.String(),
  /** What it was made from, hashed. */
  version: Type.String(),
  /** How names were made when it got its own. */
  layout: Type.String(),
  /** What lay there before, when it took the place of an earlier version. */
  former: Type.Optional(Sha256),
})
export type Delivered = Static<typeof Delivered>

export const Receipt = Type.Object({
  v: Type.Literal(1),
  kind: Type.Literal('live-event-photography delivery'),
  /** ISO 8601. */
  made_at: Type.String(),
  program: Type.String(),
  event: Type.Object({ slug: Type.String(), title: Type.String() }),
  choice: DeliverChoice,
  count: Type.Integer(),
  bytes: Type.Integer(),
  /** What was asked for and could not be delivered, with the reason in English. */
  failed: Type.Array(Type.Object({ name: Type.String(), why: Type.String() })),
  /** Every file of ours in the folder, those of earlier runs too. */
  files: Type.Array(Delivered),
  zip: Type.Union([Delivered, Type.Null()]),
  summary: Delivered,
})
export type Receipt = Static<typeof Receipt>

/** @returns null where there is none, or none of ours */
export async function readReceipt(path: string): Promise<Receipt | null> {
  const found = readStored(Receipt, await readFile(path, 'utf8').catch(() => ''))
  return found && found.files.every(({ path: file }) => isInside(file)) ? found : null
}

/** Whether a path of a receipt leads nowhere but below its folder. */
export const isInside = (path: string) =>
  path.split('/').every((one) => one !== '' && one !== '.' && one !== '..' && !/[\\\0]/.test(one))

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

/** The receipt for people. */
export function summaryOf(receipt: Omit<Receipt, 'zip' | 'summary'>): string {
  const { event, choice, count, bytes, failed, files, made_at: at } = receipt
  const names = {
    published: 'published',
    picks: 'the picks',
    rated: `${choice.rating} stars and more`,
    all: 'all',
  }
  const kinds = { published: 'as published', edited: 'as edited, in full size', shot: 'as shot' }
  return [
    `${event.title || event.slug}`,
    `Delivered ${at.slice(0, 10)} ${at.slice(11, 19)} UTC: ${names[choice.what]}, ${kinds[choice.as]}.`,
    `${count} files, ${megabytes(bytes)}. Every file was read back and compared by its SHA-256.`,
    ...(failed.length > 0
      ? [
          '',
          `${failed.length} could not be delivered:`,
          ...failed.map(({ name, why }) => `  ${name}: ${why}`),
        ]
      : ['Nothing is missing.']),
    '',
    'SHA-256                                                           bytes       file',
    ...files.map(({ sha256, bytes: size, path }) => `${sha256}  ${String(size).padStart(10)}  ${path}`),
    '',
  ].join('\n')
}
