import assert from 'node:assert/strict';
import { buildHclLabel, quoteHcl, quoteShell } from '../../../../functions/core/commands/command-text.ts';

const dollar = '$';

describe('foreign names in commands', () => {
  it('stay text in Terraform: no interpolation, no directive, no end of the string', () => {
    assert.equal(quoteHcl(`a${dollar}{b}`), `"a${dollar}${dollar}{b}"`);
    assert.equal(quoteHcl('a%{b}'), '"a%%{b}"');
    assert.equal(quoteHcl('a"b\n'), '"a\\"b\\n"');
    assert.equal(quoteHcl('100 % of $5'), '"100 % of $5"');
    // Terraform has no \b and no \f.
    assert.equal(quoteHcl('a\b\f\\b'), '"a\\u0008\\u000c\\\\b"');
  });

  it('stay one word in a shell', () => {
    assert.equal(quoteShell('shop-1'), 'shop-1');
    assert.equal(quoteShell("a'; rm -rf ~ #"), `'a'\\''; rm -rf ~ #'`);
    assert.equal(quoteShell(`${dollar}(id)`), `'${dollar}(id)'`);
  });

  it('make labels that Terraform takes', () => {
    assert.equal(buildHclLabel('iap', '9-lives', 'a.b'), 'iap_9_lives_a_b');
    assert.equal(buildHclLabel('9-lives'), '_9_lives');
  });
});
