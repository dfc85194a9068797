/** The photo on the stage. */
export const stage = {
  stage: {
    label: 'Photo',
    none: 'Choose a photo',
    close: 'Back',
    previous: 'Newer photo',
    next: 'Older photo',
    output: '{w} × {h} px',
    missing: 'This picture is not ready yet.',
    previousPhoto: 'Previous photo',
    nextPhoto: 'Next photo',
    zoom: '100 %',
    before: 'Before',
    asShot: 'As shot',
  },
}
