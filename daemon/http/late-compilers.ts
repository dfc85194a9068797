import AjvCompiler from '@fastify/ajv-compiler'
import SerializerSelector from '@fastify/fast-json-stringify-compiler'

/** Fastify's own compilers, which compile a schema with the first request or reply that needs it: most routes of a run
 * are never called, and compiling the schemas of all took a fifth of a start. A schema that cannot be compiled shows
 * where all of them are: in the API's reference (`routes/docs/openapi.ts`). */
export function createLateCompilers(): {
  readonly buildValidator: AjvCompiler.BuildCompilerFromPool
  readonly buildSerializer: SerializerSelector.SerializerFactory
} {
  const buildValidator = AjvCompiler()
  const buildSerializer = SerializerSelector()
  return {
    buildValidator(externals, options) {
      const compile = buildValidator(externals, options)
      return (...route) => madeLate(() => compile(...route))
    },
    buildSerializer(externals, options) {
      const compile = buildSerializer(externals, options)
      return (...route) => madeLate(() => compile(...route))
    },
  }
}

/** Stands for a function with its properties (a validator says in `errors` what it found), which is made when either is
 * first asked for. */
function madeLate<F extends (...args: never[]) => unknown>(make: () => F): F {
  let made: F | undefined
  const own = () => (made ??= make())
  // The cast: whatever is asked of the function in its place goes to the one that is made.
  return new Proxy((() => undefined) as unknown as F, {
    apply: (_place, self: unknown, args: Parameters<F>) => Reflect.apply(own(), self, args) as unknown,
    get: (_place, key) => Reflect.get(own(), key) as unknown,
  })
}
