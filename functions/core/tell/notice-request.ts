import type { Notice } from '../people.ts';

/** What goes into the outbox. */
export type NoticeRequest = Pick<Notice, 'id' | 'project' | 'channel' | 'content'>;
