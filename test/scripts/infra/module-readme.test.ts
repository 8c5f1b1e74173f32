import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeInputsAndOutputs } from '../../../scripts/infra/module-readme.ts';

const readme = '# m\n\n<!-- Inputs and outputs: written by npm run infra:generate -->\nold\n<!-- end -->\nafter\n';

describe('writeInputsAndOutputs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-readme-'));
  after(() => rmSync(folder, { recursive: true }));

  it('writes a row a variable and a row an output, and leaves what people wrote', () => {
    const required = 'variable "a" {\n  description = "First, `x|y`."\n  type        = string\n}\n';
    const optional = 'variable "b" {\n  description = "Second."\n  type        = number\n  default     = 3\n}\n';
    writeFileSync(join(folder, 'variables.tf'), `${required}\n${optional}`);
    writeFileSync(join(folder, 'outputs.tf'), 'output "c" {\n  description = "Third."\n  value       = 1\n}\n');
    const written = writeInputsAndOutputs(readme, folder);
    assert.match(written, /^# m\n/);
    assert.match(written, /\| `a` \| First, `x\\\|y`\. \| \*\*required\*\* \|/);
    assert.match(written, /\| `b` \| Second\. \| `3` \|/);
    assert.match(written, /\| `c` \| Third\. \|/);
    assert.match(written, /<!-- end -->\nafter\n$/);
    assert.doesNotMatch(written, /old/);
    assert.equal(writeInputsAndOutputs(written, folder), written);
  });

  it('refuses a README without marks, and an input without a description', () => {
    assert.throws(() => writeInputsAndOutputs('# m\n', folder), /lacks/);
    writeFileSync(join(folder, 'variables.tf'), 'variable "a" {\n  type = string\n}\n');
    assert.throws(() => writeInputsAndOutputs(readme, folder), /a has no description/);
  });
});
