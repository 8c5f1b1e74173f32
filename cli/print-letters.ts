import pc from 'picocolors';
import type { HeldLetter } from '../functions/adapters/dead-letter-subscription.ts';
import { escapeTerminal } from '../functions/reports/terminal-text.ts';
import { describeSpan } from './describe-span.ts';

/** Letters of one project below its name; every word of them is foreign. */
export function printLetters(title: string, letters: readonly HeldLetter[], now: number): string {
  const count = `${letters.length} ${letters.length === 1 ? 'letter' : 'letters'}`;
  return [`${pc.bold(escapeTerminal(title))}  ${count}`, ...letters.map((one) => printLetter(one, now))].join('\n');
}

function printLetter({ messageId, publishedAt, letter }: HeldLetter, now: number): string {
  const { code, why, method, actor, eventId } = letter;
  const facts = [method, actor, `event ${eventId ?? messageId}`].flatMap((one) => one ?? []);
  const age = `${describeSpan(now - publishedAt)} old`;
  return `  ${pc.yellow(escapeTerminal(code))}  ${age}  ${escapeTerminal(why)}\n    ${pc.dim(escapeTerminal(facts.join('  ')))}`;
}
