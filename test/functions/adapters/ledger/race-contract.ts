import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openLedger } from '../../../../functions/adapters/ledger/open-ledger.ts';

export interface RaceLedger {
  /** As `openLedger` takes it. */
  readonly spec: string;
  readonly env: Record<string, string | undefined>;
}

const rounds = 200;

/** What every engine promises to processes that share a ledger: of two that want the same transition, one gets it. */
export function describeRaces(where: () => RaceLedger): void {
  it(`gives one lease to one of two processes, ${rounds} times`, async () => {
    await runRaces(where(), (round) => `lease project-${round}`);
  }).timeout(120_000);

  it(`takes one answer of two processes to one question, ${rounds} times, and keeps the winner's`, async () => {
    const { spec, env } = where();
    const ledger = await openLedger(spec, { env });
    for (let round = 0; round < rounds; round += 1) {
      const id = `approval-${round}`;
      const times = { askedAt: 0, expiresAt: 1000 };
      await ledger.askApproval({ id, project: id, planHash: 'hash', changes: [], state: 'waiting', ...times });
    }
    const winners = await runRaces({ spec, env }, (round) => `decide approval-${round} hash`);
    for (const [round, winner] of winners.entries()) {
      assert.equal((await ledger.findApproval(`approval-${round}`))?.decision?.by, winner);
    }
    await ledger.close();
  }).timeout(120_000);
}

/** Names the winner of each round. */
async function runRaces(place: RaceLedger, lineOf: (round: number) => string): Promise<readonly string[]> {
  const names = ['a', 'b'];
  const racers = names.map((name) => startRacer(place, name));
  const winners: string[] = [];
  try {
    const answers = racers.map(({ stdout }) => {
      assert.ok(stdout);
      return createInterface({ input: stdout })[Symbol.asyncIterator]();
    });
    for (const answer of answers) assert.equal((await answer.next()).value, 'ready');
    for (let round = 0; round < rounds; round += 1) {
      const line = lineOf(round);
      for (const racer of racers) racer.stdin?.write(`${line}\n`);
      const said = await Promise.all(answers.map(async (answer) => String((await answer.next()).value)));
      assert.deepEqual([...said].sort(), [`${line} lost`, `${line} won`]);
      winners.push(names[said.indexOf(`${line} won`)] ?? '');
    }
  } finally {
    for (const racer of racers) racer.stdin?.end();
    await Promise.all(racers.map((racer) => racer.exitCode ?? once(racer, 'exit')));
  }
  console.log(`        (won by a: ${winners.filter((winner) => winner === 'a').length} of ${rounds})`);
  return winners;
}

function startRacer({ spec, env }: RaceLedger, name: string): ChildProcess {
  const script = join(import.meta.dirname, 'ledger-racer.ts');
  const stdio: ['pipe', 'pipe', 'inherit'] = ['pipe', 'pipe', 'inherit'];
  return spawn(process.execPath, [script, spec, name], { stdio, env: { ...process.env, ...env } });
}
