// The folders of the source.

/** Those of the product. */
export const PRODUCT = [
  'schemas',
  'models',
  'streams',
  'infra',
  'datasets',
  'app',
  'evaluate',
  'bin',
  'api',
];

/** All of them. */
export const ROOMS = [...PRODUCT, 'tests', 'bench', 'examples'];
