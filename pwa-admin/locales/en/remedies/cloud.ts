/** Why the bucket does not get or give what it should, and what to do about it. */
export const cloud = {
  away: [
    'The computer has no internet, or the bucket’s provider cannot be reached.',
    'Nothing has to be done: the venue’s network goes on. For guests elsewhere use another network or a phone’s hotspot.',
  ],
  portal: [
    'The venue’s Wi-Fi shows a sign-in page in place of the internet.',
    'Open any web page on the Mac and sign in there.',
  ],
  busy: ['The provider asks to slow down.', 'Nothing: it goes on by itself.'],
  mismatch: [
    'What is read back is not what was sent, mostly a bad network or proxy.',
    'It is sent again. If it stays, use another network.',
  ],
  changed: ['Two Macs wrote the same list at the same moment.', 'Nothing: both lists are put together.'],
  clock: [
    'Requests to a bucket carry the time, and a wrong clock makes them void.',
    'Set date and time to automatic.',
  ],
  keys: [
    'The token was deleted, or a key was copied wrongly.',
    'R2 > Manage API tokens: make a new one and enter both keys under More > Cloud.',
  ],
  rights: [
    'The token may read only, or is for another bucket.',
    'Make a token with “Object Read & Write” for this bucket.',
  ],
  no_bucket: [
    'The name is misspelt, or the bucket was deleted.',
    'Correct it under More > Cloud, or create the bucket.',
  ],
  endpoint: [
    'The account in the endpoint or the region is another one.',
    'Copy the endpoint anew from R2 > the bucket > Settings; for R2 the region is auto.',
  ],
  full: [
    'The provider’s limit is reached, or a bill is open.',
    'Look at the provider’s billing page. What waits goes by itself afterwards.',
  ],
  locked: [
    'The bucket has a lock or retention rule: lists could not be renewed and photos not be taken out.',
    'R2 > the bucket > Settings > Bucket lock rules: remove it.',
  ],
  account: ['The provider has stopped the account.', 'Look at the provider’s dashboard and e-mails.'],
  restored: [
    'A backup may hold photos that were taken out afterwards.',
    'Look at what is published, take out what should not be, then press Save under More > Cloud.',
  ],
  ours: [
    'The program met an error of its own.',
    'Restart it (npm run agent -- restart). If it stays, report it with the log’s last lines.',
  ],
  taken: [
    'Another Mac uses the same folder in the bucket and has files of these names.',
    'Close the event on one Mac, or give this event another folder in the bucket.',
  ],
  refused: [
    'The provider refuses for a reason of its own.',
    'Press Test under More > Cloud and look at the log; npm run cloud -- status says more.',
  ],
  folder: ['The disk of the data folder is full or read-only.', 'Make room or make it writable.'],
  file: [
    'The folder of published photos is on a disk that is away, or a file in it was removed.',
    'Connect the disk. npm run cloud -- verify names files that are missing, refresh sends the rest.',
  ],
  another_mac: [
    'A second Mac publishes into the same event.',
    'Nothing, if that is meant. Else close the event there.',
  ],
  public_away: [
    'The page is not deployed, is bound to another bucket, or the public address is another page’s.',
    'Run npm run deploy, look at bucket_name in wrangler.toml, and press Test.',
  ],
  secrets_open: [
    'The file with the keys can be read by other users of the computer and is therefore not used.',
    'Run the chmod that is shown, then open More > Cloud again.',
  ],
  from_environment: [
    'What LEP_S3_… names counts before the form.',
    'Change it there, or start without those variables.',
  ],
  cloud_incomplete: [
    'One of the four is empty.',
    'Fill in endpoint, bucket, access key ID and secret access key.',
  ],
  bad_address: ['It lacks https:// or has a blank or another sign in it.', 'Copy it anew.'],
  address_login: ['Names and passwords do not belong into an address.', 'Leave away what stands before “@”.'],
  address_query: ['Only the address itself is wanted.', 'Leave away what follows “?” or “#”.'],
  address_dashboard: [
    'The address in the browser’s bar is the dashboard’s.',
    'Copy the S3 API address from R2 > the bucket > Settings.',
  ],
  https_due: [
    'Keys and pictures must not go over the internet in the open.',
    'Begin the address with https://.',
  ],
  endpoint_is_page: [
    'pages.dev shows pages; keys work at the S3 API.',
    'Enter https://<account>.r2.cloudflarestorage.com as endpoint.',
  ],
  endpoint_path: ['The bucket’s name has a field of its own.', 'Leave away what follows the host.'],
  bucket_name: ['Buckets have strict names.', 'Copy the name from the dashboard.'],
  key_signs: ['A blank, a quote or a line break was copied along.', 'Copy each key alone.'],
  bad_region: ['A region is a short word such as auto or eu-central-1.', 'For R2 enter auto.'],
  public_is_bucket: ['Guests cannot read at the S3 API.', 'Enter the address that npm run deploy printed.'],
  public_path: ['The address of the page is its host alone.', 'Leave away what follows the host.'],
  photo_base_api: [
    'The S3 API wants keys.',
    'Give the bucket a domain: R2 > the bucket > Settings > Custom domains.',
  ],
} as const
