import { configApp } from '@adonisjs/eslint-config'

export default configApp(
  {
    ignores: [
      '.adonisjs/**',
      'build/**',
      'clients/typescript/schema.d.ts',
      'coverage/**',
      'public/assets/**',
      'tmp/**',
    ],
  },
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      'max-lines': ['error', { max: 220 }],
      // `(await row(id)).status` reads as it is meant.
      '@unicorn/no-await-expression-member': 'off',
    },
  },
  {
    // The rules of one subject read best in one list.
    files: ['tests/**/*.ts'],
    rules: { 'max-lines': 'off' },
  }
)
