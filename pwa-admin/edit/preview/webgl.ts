import { toneTables, type Lattice } from '../../../daemon/contract/recipe.ts'
import type { Painter } from './painter.ts'
import { sampling } from './layout.ts'

const VERTEX = `#version 300 es
in vec2 corner;
out vec2 at;
void main() {
  at = vec2(corner.x, 1.0 - corner.y);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`

/** The tone curves are a picture of 256 pixels that each channel is looked up in; a LUT is one with depth, whose points
 * lie in the middle of its pixels. */
const FRAGMENT = `#version 300 es
precision highp float;
precision highp sampler3D;
in vec2 at;
out vec4 color;
uniform sampler2D picture;
uniform sampler2D tones;
uniform sampler3D lut;
uniform float points;
uniform vec3 least;
uniform vec3 most;
uniform mat2 turn;
uniform vec2 shift;
float tone(float value, int channel) {
  return texture(tones, vec2((value * 255.0 + 0.5) / 256.0, 0.5))[channel];
}
void main() {
  vec3 seen = texture(picture, turn * at + shift).rgb;
  vec3 toned = vec3(tone(seen.r, 0), tone(seen.g, 1), tone(seen.b, 2));
  if (points > 0.0) {
    vec3 within = (toned - least) / (most - least);
    toned = texture(lut, (within * (points - 1.0) + 0.5) / points).rgb;
  }
  color = vec4(toned, 1.0);
}`

export interface GlPainter extends Painter {
  lost(): boolean
}

/** Imitations on the processor, by name: some browsers offer one without calling it slow. */
const IMITATED = /swiftshader|llvmpipe|softpipe|software|basic render/i
function isImitated(gl: WebGL2RenderingContext): boolean {
  const named = gl.getExtension('WEBGL_debug_renderer_info')
  return named !== null && IMITATED.test(String(gl.getParameter(named.UNMASKED_RENDERER_WEBGL)))
}

/** Null where there is no WebGL 2, and where it is imitated on the processor: the plain painter is quicker then. */
export function createGlPainter(): GlPainter | null {
  const canvas = document.createElement('canvas')
  const found = canvas.getContext('webgl2', {
    alpha: false,
    antialias: false,
    depth: false,
    failIfMajorPerformanceCaveat: true,
  })
  if (found && isImitated(found)) {
    found.getExtension('WEBGL_lose_context')?.loseContext()
    return null
  }
  const program = found && link(found)
  if (!found || !program) return null
  const gl = found
  gl.useProgram(program)
  const corners = new Float32Array([0, 0, 1, 0, 0, 1, 1, 1])
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer())
  gl.bufferData(gl.ARRAY_BUFFER, corners, gl.STATIC_DRAW)
  const corner = gl.getAttribLocation(program, 'corner')
  gl.enableVertexAttribArray(corner)
  gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0)
  const turn = gl.getUniformLocation(program, 'turn')
  const shift = gl.getUniformLocation(program, 'shift')
  gl.uniform1i(gl.getUniformLocation(program, 'picture'), 0)
  gl.uniform1i(gl.getUniformLocation(program, 'tones'), 1)
  gl.uniform1i(gl.getUniformLocation(program, 'lut'), 2)
  const [points, least, most] = ['points', 'least', 'most'].map((name) =>
    gl.getUniformLocation(program, name),
  )
  // The browser's own idea of colours and directions would be a second one.
  gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE)
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false)
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)
  gl.activeTexture(gl.TEXTURE1)
  const tones = texture(gl.LINEAR)
  gl.activeTexture(gl.TEXTURE2)
  gl.bindTexture(gl.TEXTURE_3D, gl.createTexture())
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T, gl.TEXTURE_WRAP_R])
    gl.texParameteri(gl.TEXTURE_3D, side, gl.CLAMP_TO_EDGE)
  for (const filter of [gl.TEXTURE_MAG_FILTER, gl.TEXTURE_MIN_FILTER])
    gl.texParameteri(gl.TEXTURE_3D, filter, gl.LINEAR)
  gl.activeTexture(gl.TEXTURE0)
  /** The LUT that lies on the graphics chip. */
  let loaded: Lattice | null = null
  /** The pictures that were shown last stay on the graphics chip, so that a slider costs one drawing. */
  const textures = new Map<HTMLImageElement, WebGLTexture | null>()
  const KEPT = 3

  function texture(shrinking: number) {
    const made = gl.createTexture()
    gl.bindTexture(gl.TEXTURE_2D, made)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, shrinking)
    return made
  }

  function load(picture: HTMLImageElement) {
    const known = textures.get(picture)
    textures.delete(picture)
    for (const [old, one] of textures) {
      if (textures.size < KEPT) break
      gl.deleteTexture(one)
      textures.delete(old)
    }
    if (known) gl.bindTexture(gl.TEXTURE_2D, known)
    const used = known ?? texture(gl.LINEAR_MIPMAP_LINEAR)
    if (!known) {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture)
      gl.generateMipmap(gl.TEXTURE_2D)
    }
    textures.set(picture, used)
  }

  function loadLut(lattice: Lattice | null) {
    gl.uniform1f(points!, lattice?.lut.size ?? 0)
    if (!lattice) return
    const { lut } = lattice
    gl.uniform3fv(least!, lut.least)
    gl.uniform3fv(most!, lut.most)
    if (lattice === loaded) return
    loaded = lattice
    const { size } = lut
    gl.activeTexture(gl.TEXTURE2)
    gl.texImage3D(gl.TEXTURE_3D, 0, gl.RGB8, size, size, size, 0, gl.RGB, gl.UNSIGNED_BYTE, lut.points)
    gl.activeTexture(gl.TEXTURE0)
  }

  return {
    lost: () => gl.isContextLost(),
    paint(target, picture, upright, edit, lattice) {
      const visible = target.getContext('2d')
      if (!visible || gl.isContextLost()) return false
      // Setting a size clears and costs, even the same one.
      if (canvas.width !== target.width) canvas.width = target.width
      if (canvas.height !== target.height) canvas.height = target.height
      gl.viewport(0, 0, target.width, target.height)
      load(picture)
      loadLut(lattice)
      const { a, b, c, d, e, f } = sampling(upright, edit)
      gl.uniformMatrix2fv(turn, false, [a, c, b, d])
      gl.uniform2f(shift, e, f)
      const [red, green, blue] = toneTables(edit)
      const row = new Uint8Array(256 * 4)
      for (let i = 0; i < 256; i++) row.set([red[i]!, green[i]!, blue[i]!, 255], i * 4)
      gl.activeTexture(gl.TEXTURE1)
      gl.bindTexture(gl.TEXTURE_2D, tones)
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, row)
      gl.activeTexture(gl.TEXTURE0)
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
      visible.drawImage(canvas, 0, 0)
      return !gl.isContextLost()
    },
  }
}

function link(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram()
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind)
    if (!shader) return null
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  return gl.getProgramParameter(program, gl.LINK_STATUS) === true ? program : null
}
