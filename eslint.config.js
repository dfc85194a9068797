import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import globals from 'globals'
import ts from 'typescript-eslint'

/** Vue and JavaScript files: `.oxlintrc.json` has the same rules for TypeScript, and `.dependency-cruiser.mjs` says who may
 * import what. */
export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'test-results/', '**/*.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    languageOptions: { parserOptions: { extraFileExtensions: ['.vue'] }, globals: globals.node },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['pwa-admin/**/*.vue', 'pwa-admin/public/**/*.js'],
    languageOptions: { globals: globals.browser },
  },
  {
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
    files: ['scripts/**'],
    rules: { 'no-console': 'off' },
  },
  prettier,
)
