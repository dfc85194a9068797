import { make } from './dom.ts'
import type { FeedState } from '../feed/feed.ts'
import type { Words } from '../locales/en.ts'

export type Blank = 'loading' | 'empty' | 'none' | 'unknown' | 'pin' | 'ended' | 'away' | 'busy'

/** Null while there are photos: whatever happens then, they stay. */
export const blankFor = (
  now: Pick<FeedState, 'phase' | 'album' | 'failingSince'> & { refused?: boolean; awaited?: boolean },
): Blank | null => {
  if (now.album !== null && now.album.entries.length > 0) return null
  if (now.phase !== 'loading' && now.phase !== 'ready') return now.phase
  if (now.album === null && now.failingSince !== null) return now.refused ? 'busy' : 'away'
  return now.phase === 'ready' && !now.awaited ? 'empty' : 'loading'
}

/** What stands where photos will be: nothing yet, no such event, no connection, or the question for the PIN.
 * @param pin the form that asks for it */
export const createBlank = (
  home: string,
  pin?: { readonly root: HTMLElement; show: (words: Words) => void },
) => {
  const root = make('section', { className: 'blank', hidden: true })
  return {
    root,
    show(kind: Blank | null, words: Words): void {
      root.hidden = kind === null
      if (kind === null) return
      root.dataset['testid'] = kind
      root.dataset['kind'] = kind
      if (kind === 'loading') {
        root.replaceChildren(make('span', { className: 'unseen', role: 'status' }, words.loading))
        return
      }
      const mark = make('div', { className: 'blank-mark', ariaHidden: 'true' })
      for (let i = 0; i < 5; i++) mark.append(make('i'))
      const lines = [
        make('h2', {}, words[`${kind}Title`]),
        make('p', {}, words[`${kind}Text`]),
        ...(kind === 'pin' && pin ? [pin.root] : []),
        ...(kind === 'unknown' ? [make('a', { href: home, className: 'blank-go' }, words.unknownGo)] : []),
      ]
      if (kind === 'pin') pin?.show(words)
      // What is being typed into stays where it is.
      if (kind === 'pin' && pin?.root.isConnected && root.dataset['said'] === words.pinTitle) return
      root.dataset['said'] = words[`${kind}Title`]
      root.replaceChildren(mark, ...lines)
    },
  }
}
