import { configApp } from '@adonisjs/eslint-config'

export default configApp(
  { ignores: ['build/**', 'coverage/**', 'public/assets/**', 'tmp/**'] },
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      'max-lines': ['error', { max: 220, skipBlankLines: false, skipComments: false }],
    },
  }
)
