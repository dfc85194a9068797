import type { RebuildReport, RebuiltEvent } from '../../daemon/contract/rebuild.ts'

const FAULTS = {
  missing: 'The catalog is missing.',
  damaged: 'The catalog is damaged.',
  foreign: 'The catalog belongs to other photo folders.',
  older: 'The catalog is older than the journals beside the photos.',
} as const

/** Names that are said one by one. */
const NAMED = 10

function named(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return []
  const more = names.length > NAMED ? `, and ${names.length - NAMED} more` : ''
  return [`    ${what} (${names.length}): ${names.slice(0, NAMED).join(', ')}${more}`]
}

function sayEvent(event: RebuiltEvent): string[] {
  const { slug, title, buffer, archived, trashed, edited, published, names } = event
  const said = (count: number, what: string) => (count === 0 ? [] : [`    ${what}: ${count}`])
  return [
    `  ${title === '' ? slug : `"${title}" (${slug})`}`,
    `    photos: ${buffer} in the inbox, ${archived} archived, ${trashed} in the trash; ${edited} edited`,
    `    published: ${published}; public names used up: ${names}`,
    ...said(event.adopted, 'files that no journal knows, which become photos and are not published'),
    ...said(
      event.moved,
      'photos that are in another folder than the journal says: their place is where they are',
    ),
    ...named('files that are in none of the folders', event.missing),
    ...named(
      'published by the journal, but not in the guests’ list any more: they stay unpublished',
      event.taken_out,
    ),
    ...named('in the guests’ list, but in no journal: not published any more', event.unknown_names),
    ...named('published, but their picture is missing in the folder', event.missing_published),
    ...named(
      'folders that are away; connect their disk and run this again, or, if it is lost for good, npm run restore from a second copy or a backup',
      event.away,
    ),
  ]
}

/** What of the journals could not be used, in lines for a terminal. */
export function sayJournals({
  journals,
  doubled,
  unused,
  unknown,
}: Pick<RebuildReport, 'journals' | 'doubled' | 'unused' | 'unknown'>): string[] {
  const lost = journals.flatMap(({ path, torn, newer, foreign }) => [
    ...(torn > 0 ? [`  ${path}: ${torn} lines are cut short or no lines of a journal`] : []),
    ...(newer > 0 ? [`  ${path}: ${newer} lines are of a newer version of this program`] : []),
    ...(foreign > 0 ? [`  ${path}: ${foreign} lines are of another event`] : []),
  ])
  const kinds = Object.entries(unknown).map(([kind, count]) => `${kind} (${count})`)
  return [
    ...lost,
    ...(doubled > 0 ? [`  ${doubled} lines stood twice and counted once.`] : []),
    ...(unused > 0
      ? [`  ${unused} lines are about something that nothing else names; they were left out.`]
      : []),
    ...(kinds.length > 0 ? [`  Lines that only a newer version understands: ${kinds.join(', ')}.`] : []),
  ]
}

/** What a rebuild found, in lines for a terminal. */
export function sayRebuild(
  report: RebuildReport,
  { isDone, data }: { isDone: boolean; data: string },
): string[] {
  const { fault, copy, copied_at: copiedAt, events, kept } = report
  return [
    fault === null ? `The catalog in ${data} is whole.` : `${FAULTS[fault]} (${data})`,
    copy === null
      ? 'Read from the journals and the photo folders, without a copy of the catalog.'
      : `Begun from ${copy}${copiedAt === null ? '' : `, of ${copiedAt}`}; then the journals after it.`,
    `Found ${events.length} ${events.length === 1 ? 'event' : 'events'}:`,
    ...events.flatMap(sayEvent),
    ...sayJournals(report),
    '',
    ...(isDone
      ? [
          `Done in ${report.seconds.toFixed(1)} s.${kept === null ? '' : ` The catalog of before is ${kept}.`}`,
          'Start the program; pair the devices again.',
        ]
      : [
          fault === null
            ? 'Nothing was changed, and nothing needs to be.'
            : `Nothing was changed. To do it: npm run rebuild -- --data "${data}" --yes`,
        ]),
  ]
}
