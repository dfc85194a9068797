/* eslint-disable @typescript-eslint/no-require-imports -- the package is CommonJS, and is looked up where it was installed */
/* Downloads one picture with the npm package `gphoto2`: FOLDER-OF-THE-PACKAGE PATH-ON-CAMERA KEEP TARGET */
const { GPhoto2 } = require(process.argv[2])

new GPhoto2().list(([camera]) => {
  const [, , , cameraPath, keep, targetPath] = process.argv
  const options = { cameraPath, targetPath, ...(keep !== 'unsaid' && { keep: keep === 'true' }) }
  camera.downloadPicture(options, (error) => process.exit(error ? 1 : 0))
})
