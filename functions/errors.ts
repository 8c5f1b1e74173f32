/**
 * Every code that Sallyport can report, with its meaning in one line. Codes are permanent; `docs/errors.md` explains
 * each, and a test checks that it does.
 */
export const errorCodes = {
  'bad-settings': 'the settings file does not parse or names something that does not exist',
  'bad-request': 'a request to a Sallyport function has the wrong form',
  'bad-usage': 'a command was called with arguments that do not fit',
  'project-busy': 'another run holds the lease of this project',
  'lease-lost': 'the lease of this project ended while a run was at work',
  'project-not-found': 'the project does not exist or may not be read',
  'read-denied': 'Google refused a read: a role is missing',
  'read-failed': 'a read did not succeed after retries',
  'write-refused': 'the guard stopped a policy change that is not one legal difference',
  'write-denied': 'Google refused a policy change: a role is missing or an organisation policy forbids it',
  'grant-before-revoke': 'an identity that must stay able to invoke has no grant of its own yet, so nothing was shut',
  'write-failed': 'a policy change did not succeed after retries',
  'write-not-kept': 'Google accepted a policy change and answered with a policy that lacks it',
  'principal-does-not-exist': 'IAM does not know the member that was to be granted the role',
  'out-of-scope': 'the project is outside scope.include or inside scope.exclude',
  paused: 'writes are paused by setting or by ledger',
  'limit-reached': 'the blast-radius limit stopped further changes',
  'undo-changed-since': 'the policy has been changed by others since, so the change is not undone',
  'undo-not-possible': 'the change is unknown, was not applied, or was undone already',
  'approval-unknown': 'there is no question of that id',
  'approval-over': 'the question was answered, has expired, or has been ended already',
  'approval-changed': 'another list of changes is planned now than the one that was asked about or approved',
  'approval-workflow-failed': 'the workflow that waits for an answer could not be started or reached',
  'queue-failed': 'a task could not be put into the queue',
  'dead-letter-failed': 'an event could not be put on the dead-letter topic, or a letter could not be taken off it',
  'ledger-failed': 'the ledger did not answer, or was asked for something that it does not hold',
  'ledger-too-new': 'the ledger file was written by a later version of Sallyport',
  'ledger-too-old': 'the ledger file was written by an earlier version of Sallyport that kept it in another form',
  'foreign-own-write': 'our own principal changed a policy and the ledger knows nothing of it',
  'report-not-kept': 'a file of the compliance report could not be put into the bucket',
  'metadata-failed': 'the metadata server gave no access token or project',
  'sandbox-not-loopback': 'a sandbox run was pointed at a host that is not this machine',
  'slack-refused': 'Slack refuses a message, and a repeat alone will not help',
  'slack-action-refused': 'a request to slack-action is not one that Slack made for a person who may approve',
  'event-unusable': 'an event can never lead to a reconcile',
  'event-too-large': 'an event is larger than Eventarc delivers',
} as const;

export type ErrorCode = keyof typeof errorCodes;

export interface AppErrorInit {
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A failure with a permanent code, a message (what happened and why) and a hint (the exact command or role). Transient unless terminal. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, init: AppErrorInit = {}) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = init.hint;
  }
}

/** A failure that no retry can mend: it is logged, counted and answered 2xx, so that delivery does not repeat it. */
export class TerminalError extends AppError {}
