/** Exit codes of every command, strongest first: usage, unreadable, findings, clean (CONTRACT 4). */
export const exitCodes = { clean: 0, findings: 1, unreadable: 3, usage: 2 } as const;
