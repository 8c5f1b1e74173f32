import type { Severity } from '../finding.ts';
import type { World } from '../world.ts';
import { pickChannel } from './pick-channel.ts';

export interface Alert {
  /** Permanent code of what happened. */
  readonly code: 'limit-reached' | 'contested' | 'foreign-own-write' | 'dead-letter';
  /** What makes this occasion another one than the next: one message an occasion. */
  readonly occasion: string;
  readonly project: string;
  readonly severity: Severity;
  readonly title: string;
  readonly lines: readonly string[];
}

/** Puts an alert into the outbox; the same occasion again updates its message. Nobody without settings of Slack. */
export async function tellOfAlert(
  { code, occasion, project, severity, title, lines }: Alert,
  { ledger, clock, settings }: Pick<World, 'ledger' | 'clock' | 'settings'>,
): Promise<void> {
  const channel = pickChannel(settings.slack, { severity, project });
  if (channel === undefined) return;
  const content = { kind: 'alert', severity, title, lines } as const;
  await ledger.putNotice({ id: `alert:${code}:${project}:${occasion}`, project, channel, content }, clock.now());
}
