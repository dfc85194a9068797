import type { Catalog } from '../../../catalog/catalog.ts'
import { EventWordsBody } from '../../../contract/api.ts'
import { EventWords } from '../../../contract/settings.ts'
import { tidyWords } from '../../../darkroom/words/words.ts'
import type { EventLifecycle } from '../../../events/lifecycle.ts'
import { settingsChanged } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'

/** What an Event's photos say in words, which editors set as well. */
export function registerEventWords(
  app: App,
  { events, change }: { events: Catalog['events']; change: EventLifecycle['change'] },
): void {
  const wordsNow = (): EventWords => {
    const { words_template, words_mode, words_roster } = events.current().settings
    return { words_template, words_mode, words_roster }
  }
  app.get(
    '/api/event-words',
    {
      config: { access: 'editor', audit: null },
      schema: {
        summary: "What the current event's photos say in words, and the roster for captions",
        errors: {},
        response: { 200: EventWords },
      },
    },
    async () => wordsNow(),
  )
  app.post(
    '/api/event-words',
    {
      config: { access: 'editor', audit: settingsChanged('event') },
      schema: {
        summary: "Change the event's words, and the roster",
        errors: {},
        body: EventWordsBody,
        response: { 200: EventWords },
      },
    },
    async (request) => {
      const { request_id: _id, ...wanted } = request.body
      const event = events.current()
      const template = wanted.words_template && { words_template: tidyWords(wanted.words_template) }
      const settings = { ...event.settings, ...wanted, ...template }
      await change(event.id, { settings }, () => request.record(wordsNow()))
      return wordsNow()
    },
  )
}
