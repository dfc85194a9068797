import { derOf, fingerprint } from './der.ts'

export const PROFILE_TYPE = 'application/x-apple-aspen-config'

/** A UUID that is the same whenever it is asked for: a profile that is installed again takes the first one's place. */
function uuid(digest: string, part: number): string {
  const hex = digest.slice(part * 8, part * 8 + 32)
  const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16)
  const text = `${hex.slice(0, 12)}5${hex.slice(13, 16)}${variant}${hex.slice(17)}`
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5').toUpperCase()
}

function escape(text: string): string {
  return text.replace(/[<>&]/g, (sign) => ({ '<': '&lt;', '>': '&gt;' })[sign] ?? '&amp;')
}

/** The profile by which an iPad or an iPhone takes our root in. Only the root: nothing else is configured.
 * @param root PEM
 * @param label of this computer's name, which the device shows */
export function makeProfile(root: string, label: string): string {
  const digest = fingerprint(root)
  const der = derOf(root)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')
  const title = escape(`Live Event Photography (${label})`)
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
<key>PayloadType</key><string>Configuration</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>live-event-photography.${digest.slice(0, 16)}</string>
<key>PayloadUUID</key><string>${uuid(digest, 0)}</string>
<key>PayloadDisplayName</key><string>${title}</string>
<key>PayloadDescription</key><string>Lets this device open the curation app of this computer safely. It vouches for .local names and for addresses inside a network, and for nothing on the internet. 讓這台裝置能安全地開啟這台電腦的選片程式；只適用於 .local 名稱與區域網路位址，不涉及網際網路。</string>
<key>PayloadRemovalDisallowed</key><false/>
<key>PayloadContent</key>
<array>
<dict>
<key>PayloadType</key><string>com.apple.security.root</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>live-event-photography.${digest.slice(0, 16)}.root</string>
<key>PayloadUUID</key><string>${uuid(digest, 1)}</string>
<key>PayloadDisplayName</key><string>${title}</string>
<key>PayloadCertificateFileName</key><string>live-event-photography.cer</string>
<key>PayloadContent</key>
<data>
${der}
</data>
</dict>
</array>
</dict>
</plist>
`
}
