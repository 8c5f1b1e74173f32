import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { printInvitation, printOpening } from '../../cli/story/print-story.ts';
import { openStage, type Stage } from '../../cli/story/stage.ts';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

describe('sallyport sandbox', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await openStage({});
  });
  after(() => stage.stop());

  const run = async (...args: string[]) => {
    const env = { ...process.env, ...stage.cliEnv, NO_COLOR: '1' };
    const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], { cwd: tmpdir(), env });
    return stdout;
  };

  it('prints the variables with which the commands work on it', () => {
    const text = printInvitation(stage, []);
    for (const [name, value] of Object.entries(stage.cliEnv)) assert.ok(text.includes(`  export ${name}=${value}\n`));
    assert.match(text, new RegExp(`npx sallyport scan --project ${stage.estate.projectId}\n`));
  });

  it('introduces itself in lines of 100 columns at most, however long the names are', () => {
    const regions = ['northamerica-northeast1', 'southamerica-east1'] as const;
    const text = printOpening({ ...stage, estate: { ...stage.estate, projectId: 'p'.repeat(30), regions } });
    for (const line of text.split('\n')) assert.ok(line.length <= 100, line);
    assert.match(text.replace(/\s+/g, ' '), /nobody has granted it\. Sallyport's functions run beside it/);
  });

  it('lets scan, explain and fix work with these variables alone, and undo show what the functions did', async () => {
    const { projectId, service } = stage.estate;
    await stage.admin.switchIapOn();
    await stage.deployment.idle();
    const scanned = JSON.parse(await run('scan', '--project', projectId, '--format', 'json'));
    assert.equal(scanned.source.kind, 'live');
    assert.deepEqual([scanned.summary.accessPaths, scanned.summary.compliantAccessPaths], [2, 2]);
    assert.match(await run('explain', service, '--project', projectId), /✔ invoker check open/);
    assert.match(await run('fix', '--project', projectId, '--dry-run'), /Dry run: nothing was written/);
    assert.equal((await run('undo', '--list')).match(/✔ granted/g)?.length, 2);
  });
});

describe('sallyport fix', function () {
  this.timeout(60_000);

  it('says in one line that IAM refused a client ID, and is done', async () => {
    // The functions are paused: what is missing is left to the command.
    const stage = await openStage({ settings: { paused: true } });
    try {
      const { projectId, clientId } = stage.estate;
      await stage.admin.switchIapOn();
      const env = { ...process.env, ...stage.cliEnv, NO_COLOR: '1' };
      const args = [main, 'fix', '--project', projectId, '--yes'];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: tmpdir(), env });
      assert.equal(stdout.match(/✔ granted/g)?.length, 2);
      assert.match(stdout, new RegExp(`IAM takes no client ID as a member: ${clientId}\\.`));
      assert.match(stdout, /Done: 2 changes/);
    } finally {
      await stage.stop();
    }
  });
});
