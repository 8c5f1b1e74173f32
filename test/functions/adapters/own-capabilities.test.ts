import assert from 'node:assert/strict';
import { parseCapabilities, parseCapabilityUrls } from '../../../functions/adapters/own-capabilities.ts';
import { AppError } from '../../../functions/errors.ts';

const isBadSettings = (error: unknown) => error instanceof AppError && error.code === 'bad-settings';

describe('the capabilities of one function', () => {
  it('are all where nothing is said, none where nothing is listed, else those listed', () => {
    assert.equal(parseCapabilities(undefined), undefined);
    assert.deepEqual(parseCapabilities(''), []);
    assert.deepEqual(parseCapabilities('grant-invoker, revoke-invoker'), ['grant-invoker', 'revoke-invoker']);
  });

  it('must exist', () => assert.throws(() => parseCapabilities('grant-everything'), isBadSettings));
});

describe('the URLs of functions with other capabilities', () => {
  it('are a JSON object, or nobody', () => {
    const urls = { 'revoke-invoker': 'https://revoke-abc.a.run.app' };
    assert.deepEqual(parseCapabilityUrls(JSON.stringify(urls)), urls);
    for (const text of [undefined, '']) assert.deepEqual(parseCapabilityUrls(text), {});
  });

  for (const text of ['{', '[]', '{"revoke-invoker": 7}', '{"revoke-invoker": "file:///etc/passwd"}']) {
    it(`refuse ${text}`, () => assert.throws(() => parseCapabilityUrls(text), isBadSettings));
  }
});
