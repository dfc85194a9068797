import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import globals from 'globals'
import ts from 'typescript-eslint'

/** Project references already refuse an import from a room that is not referenced; these rules hold what
 * references cannot say: which packages belong to one file only, and that browser rooms take types alone. */
const only = (paths, message) => paths.map((name) => ({ name, message }))
const sharpOnly = only(
  ['sharp'],
  'Only pixels/picture.ts and overlay/stamp.ts in daemon/darkroom decode and encode.',
)
const canvasOnly = only(['@napi-rs/canvas'], 'Only daemon/darkroom/overlay/text-renderer.ts sets text.')
const awsOnly = [{ group: ['@aws-sdk/*'], message: 'Only daemon/cloud/store/store-s3.ts talks to a bucket.' }]
const contractTypesOnly = {
  group: [
    '**/daemon/contract/*',
    '!**/daemon/contract/card.ts',
    '!**/daemon/contract/delta.ts',
    '!**/daemon/contract/event-document.ts',
    '!**/daemon/contract/guest-calls.ts',
    '!**/daemon/contract/language.ts',
    '!**/daemon/contract/object.ts',
    '!**/daemon/contract/recipe.ts',
    '!**/daemon/contract/recipe/*.ts',
    '!**/daemon/contract/roles.ts',
  ],
  allowTypeImports: true,
  message:
    'Browser rooms import the contract as types; only card.ts, delta.ts, event-document.ts, guest-calls.ts, language.ts, object.ts, recipe.ts and roles.ts are shared code.',
}
const daemonClosed = {
  group: ['**/daemon/**', '!**/daemon/contract', '!**/daemon/contract/*'],
  message: 'Browser rooms know the daemon by its contract only.',
}

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'test-results/'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    languageOptions: { parserOptions: { extraFileExtensions: ['.vue'] }, globals: globals.node },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-restricted-imports': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['daemon/**/*.ts'],
    ignores: ['daemon/darkroom/pixels/picture.ts', 'daemon/darkroom/overlay/{stamp,text-renderer}.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [...sharpOnly, ...canvasOnly], patterns: awsOnly },
      ],
    },
  },
  {
    files: ['daemon/cloud/store/store-s3.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: sharpOnly }] },
  },
  {
    files: ['pwa-admin/**/*.{ts,vue}', 'gallery/**/*.ts', 'functions/**/*.ts', 'pwa-admin/public/**/*.js'],
    languageOptions: { globals: globals.browser },
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [contractTypesOnly, daemonClosed] }],
    },
  },
  {
    // The rules that need types: `.oxlintrc.json` has them for everything else.
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser, projectService: true } },
    rules: {
      ...Object.assign({}, ...ts.configs.recommendedTypeCheckedOnly.map(({ rules }) => rules)),
      // Parts are plain objects whose functions never use `this`, so that they can be handed on one by one.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'vue/multi-word-component-names': 'off',
      // Words live in pwa-admin/locales, in every language that we speak.
      'vue/no-bare-strings-in-template': [
        'error',
        {
          attributes: {
            '/.+/': ['title', 'aria-label', 'aria-placeholder', 'aria-roledescription', 'aria-valuetext'],
            input: ['placeholder'],
            img: ['alt'],
          },
          allowlist: ['192.168.1.20', '·', '%', ':', ',', '(', ')', '/', '×', '–', '↑', '↓', '←', '→'],
        },
      ],
    },
  },
  {
    // Command-line tools speak to a person through the console.
    files: ['scripts/**', 'daemon/main.ts'],
    rules: { 'no-console': 'off' },
  },
  prettier,
)
