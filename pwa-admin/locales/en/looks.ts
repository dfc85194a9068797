/** Looks: named light and colour, for one photo, for many, and for what comes in. */
export const looks = {
  looks: {
    title: 'Looks',
    titleMany: 'A look for {n} photo | A look for {n} photos',
    none: 'No look yet. Edit a photo as you like it, then save its light and colour here under a name.',
    hint: 'Light and colour under a name. Crop and rotation stay each photo’s own. Save one while you look at a photo, under Edit > Looks.',
    saveAs: 'Save this photo’s look as',
    saveHint: 'Exposure, contrast, warmth and LUT. The name of a look that is there gives it these values.',
    addLut: 'Add a .cube file',
    noLut: 'Without the LUT',
    lutHint:
      'A 3D LUT of up to 33 points a side; colours go through it last. Save the photo’s look under a name to keep it.',
    save: 'Save',
    name: 'Name',
    rename: 'Rename',
    delete: 'Delete',
    change: 'Change {name}',
    applied: '{look} given to {n} photo | {look} given to {n} photos',
    fromNowOn: 'From now on: all new frames',
    fromNowOnOf: 'From now on: new frames of {camera}',
    banner: 'New frames get the look “{look}”.',
    bannerOf: 'New frames of {camera} get the look “{look}”.',
    scene: 'This scene too: {n} photo | This scene too: {n} photos',
    sceneSaid: 'The scene’s {n} other photo follows | The scene’s {n} other photos follow',
  },
}
