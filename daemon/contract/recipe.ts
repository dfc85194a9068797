/** What an Edit means, as arithmetic: the one part of the contract that is code, shared by the renderer and the
 * browser so that the preview and the print cannot disagree. Imports nothing but types. */
export * from './recipe/auto.ts'
export * from './recipe/cube.ts'
export * from './recipe/edits.ts'
export * from './recipe/geometry.ts'
export * from './recipe/lut.ts'
export * from './recipe/tone.ts'
