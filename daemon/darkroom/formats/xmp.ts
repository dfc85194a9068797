/** Writes the one thing that published files say in XMP: who made them. EXIF's Artist says the same, but many programs
 * and agencies read only this. */

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** As text of an XML element; what XML has no way to say is left out. */
const escaped = (text: string) =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\ufffe\uffff]/gu, ' ')
    .replace(/[&<>]/gu, (one) => ENTITIES[one] ?? one)

/** @param artist as EXIF says it: several are separated by semicolons
 * @returns a packet, UTF-8 */
export function writeXmp(artist: string): Buffer {
  const creators = artist
    .split(';')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const items = creators.map((name) => `<rdf:li>${escaped(name)}</rdf:li>`).join('')
  return Buffer.from(
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
      '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">' +
      `<dc:creator><rdf:Seq>${items}</rdf:Seq></dc:creator>` +
      '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>',
  )
}
