/** Why a watermark or picture setting was refused, and what to do about it. */
export const output = {
  no_watermark_image: [
    'The watermark is an image, and none was chosen.',
    'Choose one under More > Watermark, best a PNG with a clear background.',
  ],
  no_watermark_text: [
    'The watermark is a line of text, and the line is empty.',
    'Enter the text, or switch the watermark off.',
  ],
  watermark_missing: [
    'The image’s file was removed from the data folder. Nothing goes out without its watermark.',
    'Choose the image again, or switch it off.',
  ],
  watermark_broken: [
    'The image’s file is damaged. Nothing goes out without its watermark.',
    'Choose the image again, or switch it off.',
  ],
  missing_letters: [
    'None of the fonts here has these characters.',
    'Leave them out; on Debian install fonts-noto-cjk and start again.',
  ],
  unknown_font: ['The font belonged to an earlier version or another computer.', 'Choose another one.'],
  file_in_use: [
    'The watermark that is on uses this image.',
    'Switch the watermark off or choose another image first.',
  ],
  unknown_picture: ['It was removed on another device.', 'Open the section again.'],
} as const
