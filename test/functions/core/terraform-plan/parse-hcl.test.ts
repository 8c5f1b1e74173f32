import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseHcl } from '../../../../functions/core/terraform-plan/parse-hcl.ts';

describe('parseHcl', () => {
  it('finds blocks with their labels and lines, past comments, strings and heredocs that look like blocks', () => {
    const text = [
      '# resource "a" "in_a_comment" {',
      '/* resource "a" "in_a_long_comment" {',
      '*/',
      'locals {',
      `  text = "resource \\"a\\" \\"in_a_string\\" { \${"}"}"`,
      '  long = <<-EOT',
      '    resource "a" "in_a_heredoc" {',
      '  EOT',
      '}',
      '',
      'resource "a" "real" { # here',
      '  name = "x"',
      '}',
      'resource b real2 {}',
    ].join('\n');
    const { blocks } = parseHcl(text);
    assert.deepEqual(
      blocks.map(({ type, labels, line }) => `${type} ${labels.join(' ')}:${line}`),
      ['locals :4', 'resource a real:11', 'resource b real2:14'],
    );
  });

  it('gives the text of arguments, on one line or several, and nested blocks', () => {
    const { blocks } = parseHcl(
      'module "m" {\n  source = "./m" // here\n  cfg = {\n    a = [1,\n 2]\n  }\n  dynamic "backend" {\n    for_each = x\n    content {\n group = y }\n  }\n}\n',
    );
    const [module] = blocks;
    assert.deepEqual([...(module?.body.attributes.keys() ?? [])], ['source', 'cfg']);
    assert.equal(module?.body.attributes.get('cfg'), '{\n    a = [1,\n 2]\n  }');
    const [dynamic] = module?.body.blocks ?? [];
    assert.deepEqual([dynamic?.labels, dynamic?.body.attributes.get('for_each')], [['backend'], 'x']);
    assert.equal(dynamic?.body.blocks[0]?.body.attributes.get('group'), 'y');
  });

  it('comes to an end with any text', () => {
    const piece = fc.constantFrom(
      'resource',
      '"a"',
      '{',
      '}',
      '=',
      '\n',
      '"',
      '${',
      '<<EOT\n',
      '/*',
      '#',
      '[',
      ')',
      ' ',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => Array.isArray(parseHcl(pieces.join('')).blocks)),
    );
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseHcl(text).blocks)));
    assert.equal(parseHcl('a {\n'.repeat(100_000)).blocks.length > 0, true);
  });
});
