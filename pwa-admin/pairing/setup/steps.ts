import { list, question, share, sheet } from './drawings.ts'
import type { Platform } from './platform.ts'
import type { Words } from './words.ts'

export interface Step {
  readonly title: string
  readonly text: string
  readonly pictures: readonly string[]
  /** A file to download. */
  readonly file?: { readonly href: string; readonly label: string }
  /** `trust`: done once this device trusts us. `after`: only then possible. */
  readonly when: 'trust' | 'after'
}

const ROOT = 'Live Event Photography'
const PROFILE = '/setup/live-event.mobileconfig'
const CERTIFICATE = '/setup/root.crt'

/** The way for each kind of device, in order. */
export function stepsFor(platform: Platform, w: Words): Step[] {
  const pair: Step = { title: w.pair, text: w.pairText, pictures: [], when: 'after' }
  const certificate = { href: CERTIFICATE, label: w.crtButton }
  switch (platform) {
    case 'ios':
      return [
        {
          title: w.iosGet,
          text: w.iosGetText,
          pictures: [question([w.picAllowText1, w.picAllowText2], w.picIgnore, w.picAllow)],
          file: { href: PROFILE, label: w.iosGetButton },
          when: 'trust',
        },
        {
          title: w.iosInstall,
          text: w.iosInstallText,
          pictures: [
            list(w.picSettings, [
              { text: w.picDownloaded, end: 'more', tap: true },
              { text: w.picWifi, end: 'more' },
            ]),
            sheet(w.picProfile, w.picCancel, w.picInstall, ROOT, w.picNotVerified),
          ],
          when: 'trust',
        },
        {
          title: w.iosTrust,
          text: w.iosTrustText,
          pictures: [
            list(w.picAbout, [
              { text: w.picVersion, value: '26.1' },
              { text: w.picModel, value: 'iPad' },
              { text: w.picTrust, end: 'more', tap: true },
            ]),
            list(w.picTrust, [{ text: ROOT, end: 'on', tap: true }], w.picFullTrust),
          ],
          when: 'trust',
        },
        {
          title: w.iosHome,
          text: w.iosHomeText,
          pictures: [
            share([{ text: w.picCopy }, { text: w.picHome, end: 'mark', tap: true }, { text: w.picFind }]),
          ],
          when: 'after',
        },
        pair,
      ]
    case 'android':
      return [
        { title: w.androidGet, text: w.androidGetText, pictures: [], file: certificate, when: 'trust' },
        {
          title: w.androidInstall,
          text: w.androidInstallText,
          pictures: [
            list(w.picSettings, [
              { text: w.picCa, tap: true, end: 'more' },
              { text: w.picUser, end: 'more' },
            ]),
            question([w.picWarn], w.picDont, w.picAnyway),
          ],
          when: 'trust',
        },
        { title: w.androidHome, text: w.androidHomeText, pictures: [], when: 'after' },
        pair,
      ]
    case 'mac':
      return [
        { title: w.macGet, text: w.macGetText, pictures: [], file: certificate, when: 'trust' },
        {
          title: w.macInstall,
          text: w.macInstallText,
          pictures: [list(ROOT, [{ text: w.picWhen }, { text: w.picAlways, end: 'more', tap: true }])],
          when: 'trust',
        },
        { title: w.macHome, text: w.macHomeText, pictures: [], when: 'after' },
        pair,
      ]
    case 'other':
      return [
        { title: w.otherGet, text: w.otherGetText, pictures: [], file: certificate, when: 'trust' },
        {
          title: w.otherInstall,
          text: w.otherInstallText,
          pictures: [list(w.picStore, [{ text: w.picStoreName, tap: true }])],
          when: 'trust',
        },
        { title: w.otherHome, text: w.otherHomeText, pictures: [], when: 'after' },
        pair,
      ]
  }
}
