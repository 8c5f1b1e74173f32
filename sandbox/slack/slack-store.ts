export interface SlackChannel {
  /** `C…` */
  readonly id: string;
  readonly name: string;
  /** Whether the app was invited; default true. */
  readonly isMember?: boolean;
  readonly isArchived?: boolean;
}

export interface SlackUser {
  /** `U…` */
  readonly id: string;
  readonly name: string;
}

export interface SlackMessage {
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly metadata?: { readonly event_type: string; readonly event_payload: Readonly<Record<string, unknown>> };
  readonly threadTs?: string;
  /** Another app of the workspace posted it; absent = ours. */
  readonly otherBot?: string;
  readonly edited?: string;
}

export type Block = Readonly<Record<string, unknown>>;

export interface SlackStore {
  readonly channels: ReadonlyMap<string, SlackChannel>;
  /** Of one channel, oldest first, replies included. */
  messages(channel: string): readonly SlackMessage[];
  find(channel: string, ts: string): SlackMessage | undefined;
  add(channel: string, message: Omit<SlackMessage, 'ts'>): SlackMessage;
  replace(channel: string, ts: string, change: Partial<Omit<SlackMessage, 'ts'>>): SlackMessage;
  /** Somebody deletes a message by hand. */
  remove(channel: string, ts: string): void;
  /** Grows with every change of what people see. */
  version(): number;
}

/** Channels and their messages, in memory. */
export function createSlackStore(channels: readonly SlackChannel[], now: () => number): SlackStore {
  const byId = new Map(channels.map((channel) => [channel.id, channel]));
  const messages = new Map<string, SlackMessage[]>(channels.map(({ id }) => [id, []]));
  let version = 0;
  let last = 0;
  const of = (channel: string): SlackMessage[] => messages.get(channel) ?? [];
  /** Unique, growing, microseconds after the point, as Slack's. */
  const stamp = (): string => {
    last = Math.max(last + 1, now() * 1000);
    return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, '0')}`;
  };
  return {
    channels: byId,
    messages: of,
    find: (channel, ts) => of(channel).find((message) => message.ts === ts),
    version: () => version,
    add(channel, message) {
      version += 1;
      const added = { ...message, ts: stamp() };
      of(channel).push(added);
      return added;
    },
    replace(channel, ts, change) {
      version += 1;
      const all = of(channel);
      const index = all.findIndex((message) => message.ts === ts);
      const before = all[index];
      if (!before) throw new Error(`no message ${ts} in ${channel}`);
      const after = { ...before, ...change, edited: stamp() };
      all[index] = after;
      return after;
    },
    remove(channel, ts) {
      version += 1;
      messages.set(
        channel,
        of(channel).filter((message) => message.ts !== ts),
      );
    },
  };
}
