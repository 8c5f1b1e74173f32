import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { errorCodes } from '../../functions/errors.ts';

describe('error codes', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const documented = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);

  it('every code has its row in docs/errors.md, and every row its code', () => {
    assert.deepEqual([...documented].sort(), Object.keys(errorCodes).sort());
  });
});
