/** For tools that read TypeScript without Vue's compiler (ESLint); vue-tsc finds the real components first. */
declare module '*.vue' {
  import type { Component } from 'vue'
  const component: Component
  export default component
}
