import { Command, Option } from 'commander';
import { forgetCredentials } from '../functions/adapters/api-root.ts';
import { checkStart } from './check-start.ts';
import { parseCount, parsePort, withExamples } from './options.ts';
import { printInvitation, printOpening } from './story/print-story.ts';
import { openStage } from './story/stage.ts';
import { untilSignal } from './until-signal.ts';

interface SandboxOptions {
  readonly iam: 'today' | '2021';
  /** Another name of `iam`. */
  readonly iap?: 'today' | '2021';
  readonly port?: number;
  readonly frontDoorPort?: number;
  readonly seed?: number;
  readonly log?: string;
}

/** `sallyport sandbox`: the local Google Cloud with the article's estate and Sallyport deployed, until Ctrl-C. */
export function sandboxCommand(): Command {
  const command = new Command('sandbox')
    .description('a local Google Cloud for gcloud, Terraform and curl to talk to, with Sallyport deployed in it')
    .addOption(
      new Option('--iam <year>', 'whether IAM takes an OAuth client ID as a member: today it refuses, 2021 it takes it')
        .choices(['today', '2021'])
        .default('today'),
    )
    .addOption(new Option('--iap <year>', 'the same as --iam').choices(['today', '2021']).hideHelp())
    .option('--port <port>', "port of the APIs, which is gcloud's proxy port too (default: any)", parsePort)
    .option('--front-door-port <port>', 'port that users come to (default: any)', parsePort)
    .option('--seed <number>', 'changes project, service and region names', parseCount)
    .option('--log <file>', 'append the request log to a file, as NDJSON')
    .action(runSandbox);
  return withExamples(command, 'sallyport sandbox --port 8080 --front-door-port 8443');
}

async function runSandbox(options: SandboxOptions): Promise<void> {
  const { iap, port, frontDoorPort, seed, log } = options;
  const iam = iap ?? options.iam;
  await checkStart(options);
  forgetCredentials();
  const ended = untilSignal();
  const stage = await openStage({ iam, port, frontDoorPort, seed, logFile: log });
  try {
    process.stdout.write(`${printOpening(stage)}\n${printInvitation(stage, [])}\n`);
    await ended;
  } finally {
    await stage.stop();
  }
}
