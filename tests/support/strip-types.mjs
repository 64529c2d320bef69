// jest transform: blanks out type syntax in place, so line and column numbers stay true.
import { createHash } from 'node:crypto';
import module from 'node:module';

export default {
  process(source) {
    return { code: module.stripTypeScriptTypes(source, { mode: 'strip' }) };
  },
  getCacheKey(source) {
    return createHash('sha256').update(process.version).update(source).digest('hex');
  },
};
