import type { ManifestHead } from '../../daemon/contract/manifest.ts'

/** The same event at the other address: on the internet for a guest whose page came from the venue's network, and the other
 * way round.
 * @param here the origin of the guest's page
 * @returns null where there is no other */
export const otherAddress = (
  { publicUrl, lanUrl }: Pick<ManifestHead, 'publicUrl' | 'lanUrl'>,
  here: string,
): { url: string; isPublic: boolean } | null => {
  const originOf = (url: string | undefined): string | null => {
    try {
      const { protocol, origin } = new URL(url ?? '')
      return /^https?:$/.test(protocol) ? origin : null
    } catch {
      return null
    }
  }
  const isElsewhere = (url: string | undefined): url is string => ![null, here].includes(originOf(url))
  if (isElsewhere(publicUrl)) return { url: publicUrl, isPublic: true }
  return isElsewhere(lanUrl) ? { url: lanUrl, isPublic: false } : null
}
