import pc from 'picocolors';
import type { HeldLetter } from '../functions/adapters/dead-letter-subscription.ts';
import { escapeTerminal } from '../functions/reports/terminal-text.ts';

/** Letters of one project below its name; every word of them is foreign. */
export function printLetters(title: string, letters: readonly HeldLetter[], now: number): string {
  const count = `${letters.length} ${letters.length === 1 ? 'letter' : 'letters'}`;
  return [`${pc.bold(escapeTerminal(title))}  ${count}`, ...letters.map((one) => printLetter(one, now))].join('\n');
}

function printLetter({ messageId, publishedAt, letter }: HeldLetter, now: number): string {
  const { code, why, method, actor, eventId } = letter;
  const facts = [method, actor, `event ${eventId ?? messageId}`].flatMap((one) => one ?? []);
  const age = describeAge(now - publishedAt);
  return `  ${pc.yellow(escapeTerminal(code))}  ${age}  ${escapeTerminal(why)}\n    ${pc.dim(escapeTerminal(facts.join('  ')))}`;
}

/** `3 d old`, `2 h old`, `5 min old`. */
export function describeAge(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 120) return `${minutes} min old`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h old` : `${Math.round(hours / 24)} d old`;
}
