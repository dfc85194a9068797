import { zhHant } from './words-zh-hant.ts'

/** This page stands alone: strangers may load nothing of the app, so its words are here. What systems call their own
 * buttons is written as they write it. */
const en = {
  title: 'Set up this device',
  lead: 'With this the curation app can be installed and goes on when the Wi-Fi drops out. It takes about two minutes, once for each device.',
  without: 'Without it everything works in the browser too:',
  openHere: 'Open the app here',
  guests: 'Only here for the photos?',
  gallery: 'See the gallery',
  kind: 'This device is',
  ios: 'iPad or iPhone',
  android: 'Android',
  mac: 'Mac',
  other: 'Windows, Linux',

  looking: 'Not set up yet. This turns green by itself.',
  trusted: 'This device trusts {name}.',
  byAddress:
    'This device trusts {name}, but this Wi-Fi does not pass on names. The address is used instead; if it changes, set up again.',
  off: 'HTTPS is off on this computer, so the app cannot be installed. It works in the browser.',
  trouble:
    'HTTPS does not work on this computer just now; More > Connect there says why. The app works in the browser.',
  away: 'The computer does not answer. Check the Wi-Fi.',
  next: 'Continue',
  openApp: 'Open the app',
  paired: 'This device is paired.',
  notPaired: 'This device is not paired yet.',
  pairing: 'Pairing ...',
  notHandedOver: 'The pairing could not be taken along. Type a new code.',
  typeCode: 'Type a code',

  safari: 'Only Safari can install a profile. Open this address there:',
  iosGet: 'Download the profile',
  iosGetText: 'Tap the button, then Allow. Only Safari can do this.',
  iosGetButton: 'Download profile',
  iosInstall: 'Install it',
  iosInstallText:
    'Open Settings. At the top tap Profile Downloaded, then Install, twice. If the row is not there: General > VPN & Device Management.',
  iosTrust: 'Switch on trust',
  iosTrustText:
    'Settings > General > About > Certificate Trust Settings, at the very bottom: switch it on and confirm.',
  iosHome: 'Add it to the Home Screen',
  iosHomeText: 'Come back here, tap Continue, open the app, tap Share and then Add to Home Screen.',
  pair: 'Pair',
  pairText:
    'Start the app from the Home Screen. If it asks for a code, the owner shows one under More > Pair a device. It works once, for two minutes.',

  crtButton: 'Download certificate',
  androidGet: 'Download the certificate',
  androidGetText: 'Tap the button; the file goes to Downloads.',
  androidInstall: 'Install it',
  androidInstallText:
    'Open Settings and search for “CA certificate”. Tap CA certificate, then Install anyway, and choose the file live-event-photography.crt.',
  androidHome: 'Install the app',
  androidHomeText: 'Come back here, tap Continue, open the app. In Chrome’s menu tap Add to Home screen.',
  macGet: 'Download the certificate',
  macGetText: 'Open the downloaded file: it goes to Keychain Access, into “login”.',
  macInstall: 'Trust it',
  macInstallText:
    'In Keychain Access double-click “Live Event Photography root”, open Trust, choose Always Trust, close the window. Firefox has a list of its own: Settings > Certificates > View Certificates > Import.',
  macHome: 'Install the app',
  macHomeText:
    'Come back here and continue. In Safari: File > Add to Dock. In Chrome: the install icon in the address bar.',
  otherGet: 'Download the certificate',
  otherGetText: 'Windows: open the file and press Install Certificate.',
  otherInstall: 'Trust it',
  otherInstallText:
    'Choose Current User, then “Place all certificates in the following store”: Trusted Root Certification Authorities. Linux: chrome://certificate-manager > Custom > Import. Then restart the browser.',
  otherHome: 'Install the app',
  otherHomeText: 'Come back here and continue. In Chrome or Edge press the install icon in the address bar.',

  helpTitle: 'It does not turn green',
  help1: 'Is the switch for trust on? Installing the profile alone is not enough.',
  help2: 'Does the computer have a new name, or is it another computer? Each one has a profile of its own.',
  help3:
    'Other devices cannot open this page at all? Then this Wi-Fi keeps its devices apart (“client isolation”, usual for guests’ networks). Nothing on the devices helps: bring a router of your own, or use a phone’s hotspot, and put the computer and the iPad into that.',
  what: 'What is installed?',
  whatText:
    'A certificate that was made on this computer. It can vouch only for .local names and for addresses inside a network, never for a site on the internet, and its key no longer exists. Remove it whenever you like, where you installed it.',

  picAllowText1: 'This website is trying to',
  picAllowText2: 'download a configuration profile.',
  picIgnore: 'Ignore',
  picAllow: 'Allow',
  picSettings: 'Settings',
  picDownloaded: 'Profile Downloaded',
  picWifi: 'Wi-Fi',
  picProfile: 'Install Profile',
  picCancel: 'Cancel',
  picInstall: 'Install',
  picNotVerified: 'Not Verified',
  picAbout: 'About',
  picVersion: 'iPadOS Version',
  picModel: 'Model Name',
  picTrust: 'Certificate Trust Settings',
  picFullTrust: 'ENABLE FULL TRUST FOR ROOT CERTIFICATES',
  picCopy: 'Copy',
  picHome: 'Add to Home Screen',
  picFind: 'Find on Page',
  picSearch: 'CA certificate',
  picCa: 'CA certificate',
  picUser: 'VPN & app user certificate',
  picWarn: 'Your data won’t be private',
  picAnyway: 'Install anyway',
  picDont: 'Don’t install',
  picWhen: 'When using this certificate:',
  picAlways: 'Always Trust',
  picStore: 'Place all certificates in',
  picStoreName: 'Trusted Root Certification Authorities',
}
export type Words = typeof en
export const LANGUAGES = { en, 'zh-Hant': zhHant } as const
export type Language = keyof typeof LANGUAGES

/** @param chosen a language that was chosen here before, if any
 *  @param languages as the browser lists them, best first */
export function languageOf(chosen: string | null, languages: readonly string[]): Language {
  if (chosen === 'en' || chosen === 'zh-Hant') return chosen
  const first = languages.find((tag) => /^(en|zh)\b/i.test(tag))
  return first?.toLowerCase().startsWith('zh') ? 'zh-Hant' : 'en'
}
