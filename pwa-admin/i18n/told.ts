/** What the daemon tells, by its code: why a file was set aside, what a card or a camera waits for, what the owner
 * should know. A code that is also a refusal has its words in `refusals.ts`, unless it reads otherwise here. */
export const toldEn = {
  system_file: 'A system file, not a photo.',
  video: 'A video or sound file. Only photos are taken.',
  sidecar: 'A file beside photos, not a photo.',
  being_written: 'Another program is still writing it. It is taken once it has its final name.',
  empty_file: 'The file is empty.',
  wrong_format: '{format} is not a kind of picture that can be read.',
  taken_as: 'Taken as {name}, because another photo is called {other}.',
  taken_renamed: 'Its name cannot be read here, so it was taken as {name}.',
  same_as: 'The same picture as {name}.',
  same_as_archived: 'The same picture as {name}, which is in the archive.',
  same_as_trashed: 'The same picture as {name}, which is in the trash.',
  subfolder: 'Only files directly in the folder for new photos are taken, not those in folders below it.',
  link: 'A link, not a file.',
  unreadable: 'It could not be read: {why}',
  unshowable: 'The photo cannot be shown or published, and its file was kept. {why}',
  buffer_trouble: 'A file in the folder for new photos could not be taken yet: {why}',
  copying_stopped: 'Copying stopped and will be tried again: {why}',
  darkroom_ailing:
    'Pictures cannot be looked at just now: the system ends the programs that do it, or has no memory for them. They wait and are tried again.',
  unread_so_far: '{name} could not be read {n} times. It is tried again.',
  unread_here:
    '{n} file or folder could not be read so far and is tried again. Keep what is there. | {n} files or folders could not be read so far and are tried again. Keep what is there.',
  paused_here: 'The event is paused. {n} photo waits here. | The event is paused. {n} photos wait here.',
  paused_camera:
    'The event is paused. {n} photo waits in the camera. | The event is paused. {n} photos wait in the camera.',
  paused_buffer:
    'The event is paused. {n} file waits in the folder for new photos. | The event is paused. {n} files wait in the folder for new photos.',
  card_left:
    'The card was taken out before everything was copied: {done} of {total} photos are here. Put it back in for the rest.',
  folder_left:
    'The folder {path} is away: {done} of {total} photos are here. The rest follows when it is back.',
  demo_paused: 'The event is paused, so the demo waits.',
  demo_ended: 'The demo ended: {why}',
  camera_held: 'Another program holds the camera. Quit Photos, Image Capture, Preview or Lightroom.',
  camera_busy: 'The camera was busy and did not answer in time.',
  camera_no_answer: 'The camera did not answer in time.',
  camera_lost_process: 'The camera hung. Its connection is being made anew.',
  camera_not_there: 'The camera is not connected.',
  camera_dropped: 'The connection to the camera broke.',
  camera_unlisted:
    'The camera answers, but its card cannot be listed. A file or folder on it may be damaged.',
  camera_failed: 'The camera answered with an error.',
  camera_card_full: 'Its card is full.',
  handed_back:
    '{n} photo of “{event}” was not published before it was left: {names}. Open it again to publish it. | {n} photos of “{event}” were not published before it was left: {names}. Open it again to publish them.',
  journal_waits:
    '{n} note about “{event}” waits for its folder {folder}. It is kept until then. | {n} notes about “{event}” wait for its folder {folder}. They are kept until then.',
  disk_reserve:
    'The disk of the data folder is full. Unpublishing and emptying the trash still work. Make room for everything else.',
  data_read_only:
    'The disk of the data folder can only be read. The gallery goes on; nothing can be taken, published or changed until it can be written again.',
  manifest_not_written: 'The list of published photos in {folder} could not be written: {why}',
  folder_stays:
    'This event’s folder stays {folder}. What is configured, {configured}, counts for a first start. Move it under More > Folders.',
  unknown_setting: 'Unknown setting “{name}” in {path}.',
  unknown_variable: 'Unknown environment variable {name}.',
  bucket_incomplete: '{given} is set without {missing}: this bucket is not used.',
  bucket_unfit: 'LEP_S3_…: {why} This bucket is not used.',
}

export const toldZhHant: Record<keyof typeof toldEn, string> = {
  system_file: '這是系統檔案，不是相片。',
  video: '這是影片或聲音檔，只接收相片。',
  sidecar: '這是相片的附屬檔案，不是相片。',
  being_written: '其他程式還在寫入這個檔案，取得最終名稱後就會接收。',
  empty_file: '檔案是空的。',
  wrong_format: '{format} 不是可以讀取的圖片格式。',
  taken_as: '已收為 {name}，因為另一張相片叫做 {other}。',
  taken_renamed: '這個檔名在此無法讀取，已收為 {name}。',
  same_as: '與 {name} 是同一張圖片。',
  same_as_archived: '與封存裡的 {name} 是同一張圖片。',
  same_as_trashed: '與垃圾桶裡的 {name} 是同一張圖片。',
  subfolder: '只接收直接放在新相片資料夾裡的檔案，不含其下的子資料夾。',
  link: '這是連結，不是檔案。',
  unreadable: '無法讀取：{why}',
  unshowable: '這張相片無法顯示或發布，檔案已保留。{why}',
  buffer_trouble: '新相片資料夾裡有一個檔案還不能接收：{why}',
  copying_stopped: '複製中斷，會再試一次：{why}',
  darkroom_ailing: '目前無法處理圖片：系統終止了處理程式，或沒有足夠的記憶體。圖片會等候，並自動重試。',
  unread_so_far: '{name} 已有 {n} 次無法讀取，會再試一次。',
  unread_here:
    '目前有 {n} 個檔案或資料夾無法讀取，會再試一次，請保留原處的內容。 | 目前有 {n} 個檔案或資料夾無法讀取，會再試一次，請保留原處的內容。',
  paused_here: '活動已暫停，這裡有 {n} 張相片在等候。 | 活動已暫停，這裡有 {n} 張相片在等候。',
  paused_camera: '活動已暫停，相機裡有 {n} 張相片在等候。 | 活動已暫停，相機裡有 {n} 張相片在等候。',
  paused_buffer:
    '活動已暫停，新相片資料夾裡有 {n} 個檔案在等候。 | 活動已暫停，新相片資料夾裡有 {n} 個檔案在等候。',
  card_left: '記憶卡在複製完成前就拔出了：{total} 張中已收到 {done} 張。請插回卡片繼續。',
  folder_left: '資料夾 {path} 不在：{total} 張中已收到 {done} 張，接回後會繼續。',
  demo_paused: '活動已暫停，示範也在等候。',
  demo_ended: '示範已結束：{why}',
  camera_held: '其他程式佔用了相機，請結束「相片」、「影像擷取」、「預覽程式」或 Lightroom。',
  camera_busy: '相機忙碌中，沒有及時回應。',
  camera_no_answer: '相機沒有及時回應。',
  camera_lost_process: '相機沒有反應，正在重新連線。',
  camera_not_there: '相機沒有連線。',
  camera_dropped: '與相機的連線中斷了。',
  camera_unlisted: '相機有回應，但無法列出卡片上的內容，可能有檔案或資料夾損壞。',
  camera_failed: '相機回報錯誤。',
  camera_card_full: '記憶卡已滿。',
  handed_back: '離開「{event}」之前還有 {n} 張相片沒有發布：{names}。要發布的話，請再開啟那個活動。',
  journal_waits: '「{event}」有 {n} 筆記錄在等它的資料夾 {folder}，在那之前都會留著。',
  disk_reserve: '資料夾所在的磁碟已滿。取消發布和清空垃圾桶還能用；其他的請先清出空間。',
  data_read_only: '資料夾所在的磁碟只能讀取。相簿照常運作；在能寫入之前，無法接收、發布或更改任何東西。',
  manifest_not_written: '無法寫入 {folder} 裡的已發布清單：{why}',
  folder_stays:
    '這個活動的資料夾仍是 {folder}；設定中的 {configured} 只用於第一次啟動。請在「更多 > 資料夾」更改。',
  unknown_setting: '{path} 裡有不認得的設定「{name}」。',
  unknown_variable: '不認得的環境變數 {name}。',
  bucket_incomplete: '設定了 {given}，但缺少 {missing}：不會使用這個儲存桶。',
  bucket_unfit: 'LEP_S3_…：{why}不會使用這個儲存桶。',
}
