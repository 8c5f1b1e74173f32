import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { escapeTerminal, wrapCommand, wrapWords } from '../../../functions/reports/terminal-text.ts';

describe('foreign text on a terminal', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['colours and cursor moves', 'a\u001b[31mred\u001b[2Kb', 'a\\x1b[31mred\\x1b[2Kb'],
    ['one-byte escape sequences', 'a\u009b2Jb', 'a\\x9b2Jb'],
    ['links and titles', '\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
    ['line ends and returns', 'ok\r\nHIGH', 'ok\\x0d\\x0aHIGH'],
    ['turned writing', 'a\u202egnp.exe\u2066', 'a\\u{202e}gnp.exe\\u{2066}'],
    ['invisible characters', 'ad\u200bmin\ufeff', 'ad\\u{200b}min\\u{feff}'],
    ['halves of characters', 'x\ud800y', 'x\\u{d800}y'],
    ['delete', 'a\u007fb', 'a\\x7fb'],
  ];
  for (const [what, text, shown] of rows)
    it(`is shown, not obeyed: ${what}`, () => assert.equal(escapeTerminal(text), shown));

  it('is left alone where it is only letters of the world', () => {
    const text = 'größe 名前 ✓ “x” 😀 serviceAccount:a@b.c';
    assert.equal(escapeTerminal(text), text);
  });
});

describe('lines of a terminal', () => {
  it('are broken at spaces only, lose no word and keep to the width but for words that are longer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 }),
        fc.integer({ min: 10, max: 60 }),
        (words, columns) => {
          const lines = wrapWords(words.join(' '), columns);
          assert.deepEqual(lines.join(' ').split(' '), words);
          for (const line of lines) assert.ok(line.length <= columns || !line.includes(' '));
        },
      ),
    );
  });

  it('hold a command that a shell takes as one, also when broken', () => {
    const command = 'printf %s\\n a=b --member=serviceAccount:x@y.z --role=roles/run.invoker --project=p --region=r';
    const plain = command.replace('\\n', ':');
    const lines = wrapCommand(plain, 40);
    assert.ok(lines.length > 2);
    const run = (script: string) => execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    assert.equal(run(lines.map((line) => `     ${line}`).join('\n')), run(plain));
  });

  it('never break a command with quotes: a space in it may be part of a word', () => {
    const command = `gcloud run services add-iam-policy-binding 'a   b' --project=p --member=serviceAccount:x@y.z`;
    assert.deepEqual(wrapCommand(command, 40), [command]);
  });
});
