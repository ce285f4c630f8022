// Rules for all JavaScript, and the fences between the parts of the extension:
//   background, panel, connect → engine, browser → core; inject imports nothing.
// What a type checker sees better is left to `tsc`.

import js from '@eslint/js';
import globals from 'globals';

/** The folders of the extension that hold code, from the outside in. */
const PARTS = ['background', 'panel', 'connect', 'engine', 'browser', 'inject', 'core'];

/**
 * A fence: files in `part` may import from `allowed` and from their own folder, from no other part.
 * @param {string} part
 * @param {string[]} allowed
 */
function fence(part, allowed) {
  const shut = PARTS.filter((name) => name !== part && !allowed.includes(name));
  return {
    files: [`extension/${part}/**/*.js`],
    rules: {
      'no-restricted-imports': ['error', {
        patterns: [{
          regex: `(^|/)(${shut.join('|')})/`,
          message: `${part} may import ${allowed.join(', ') || 'no other part'}.`,
        }],
      }],
    },
  };
}

const ONLY_BROWSER = 'Only browser/ speaks to the browser.';

/** @param {string[]} names @param {string} message */
const without = (names, message) => names.map((name) => ({ name, message }));

/** Ways to run text as code, or to put text into a page as markup. */
const NO_CODE_FROM_TEXT = [
  {
    selector: "AssignmentExpression[left.property.name=/^(innerHTML|outerHTML|srcdoc)$/]",
    message: 'Text from a page stays text: use textContent.',
  },
  {
    selector: "CallExpression[callee.property.name=/^(insertAdjacentHTML|setHTMLUnsafe|createContextualFragment)$/]",
    message: 'Text from a page stays text: use textContent.',
  },
  {
    selector: "CallExpression[callee.object.name='document'][callee.property.name=/^write(ln)?$/]",
    message: 'Text from a page stays text: use textContent.',
  },
];
const NO_DYNAMIC_IMPORT = { selector: 'ImportExpression', message: 'This part imports nothing at run time.' };
const NO_IMPORT = {
  selector: 'ImportDeclaration, ExportNamedDeclaration[source], ExportAllDeclaration, ImportExpression',
  message: 'inject/ runs inside a stranger’s page: it imports nothing.',
};

export default [
  { ignores: ['build/', 'dist/', 'node_modules/', '.venv/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2024, sourceType: 'module' },
    rules: {
      'array-callback-return': 'error',
      'consistent-return': 'error',
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      'no-alert': 'error',
      'no-console': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-param-reassign': 'error',
      'no-promise-executor-return': 'error',
      'no-restricted-syntax': ['error', ...NO_CODE_FROM_TEXT],
      'no-self-compare': 'error',
      'no-shadow': 'error',
      'no-throw-literal': 'error',
      'no-undef-init': 'error',
      'no-unreachable-loop': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      radix: 'error',
      'require-atomic-updates': 'error',
    },
  },

  // What each part may name.
  {
    files: ['extension/**/*.js', 'server/handrail/web/static/**/*.js'],
    languageOptions: { globals: { ...globals.browser, chrome: 'readonly' } },
    rules: { 'no-restricted-globals': ['error', ...without(['chrome', 'browser'], ONLY_BROWSER)] },
  },
  {
    files: ['extension/browser/**/*.js'],
    rules: {
      'no-restricted-globals': ['error', ...without(['browser'], 'Both browsers answer to `chrome`.')],
    },
  },
  {
    files: ['extension/core/**/*.js'],
    rules: {
      'no-restricted-globals': ['error', ...without(
        [
          'browser', 'caches', 'chrome', 'document', 'fetch', 'history', 'indexedDB', 'localStorage',
          'location', 'navigator', 'performance', 'self', 'sessionStorage', 'setInterval', 'setTimeout',
          'window', 'XMLHttpRequest',
        ],
        'core is pure: it gets what it needs as an argument.',
      )],
      'no-restricted-properties': ['error',
        { object: 'Date', property: 'now', message: 'core gets the time as an argument.' },
        { object: 'Math', property: 'random', message: 'core gets random bytes as an argument.' },
        { object: 'crypto', property: 'getRandomValues', message: 'core gets random bytes as an argument.' },
      ],
      'no-restricted-syntax': ['error', ...NO_CODE_FROM_TEXT, NO_DYNAMIC_IMPORT,
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'core gets the time as an argument.' },
      ],
    },
  },
  {
    files: ['extension/inject/**/*.js'],
    rules: { 'no-restricted-syntax': ['error', ...NO_CODE_FROM_TEXT, NO_IMPORT] },
  },
  {
    files: ['tests/**/*.{js,mjs}', 'eslint.config.js'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },

  // The import rule.
  fence('background', ['engine', 'browser', 'core']),
  fence('panel', ['engine', 'browser', 'core']),
  fence('connect', ['engine', 'browser', 'core']),
  fence('engine', ['core']),
  fence('browser', ['core']),
  fence('core', []),
];
