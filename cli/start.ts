import { Command, Option } from 'commander';
import { forgetCredentials } from '../functions/adapters/api-root.ts';
import { checkStart } from './check-start.ts';
import { exitCodes } from './exit-codes.ts';
import { parseCount, parsePort } from './options.ts';
import { playStory, type Step } from './story/play-story.ts';
import { printEnd, printHeading, printInvitation, printOpening, printStep } from './story/print-story.ts';
import type { Stage } from './story/stage.ts';
import { createWaitingLine } from './story/waiting-line.ts';
import { untilSignal } from './until-signal.ts';

interface StartOptions {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly seed?: number;
  readonly log?: string;
  readonly break?: 'grant';
  readonly port?: number;
  readonly frontDoorPort?: number;
  readonly slackPort?: number;
}

/** `sallyport start` (npm start): the whole job in a local Google Cloud, shown in the terminal. */
export function startCommand(): Command {
  return new Command('start')
    .description(
      'show the whole job in a local Google Cloud: IAP is switched on and users get 403; pushes are refused; Sallyport mends it',
    )
    .option('--once', 'end when the story is told (default where stdout is no terminal, or with CI=1)')
    .option('--json', 'one JSON object at the end instead of the story')
    .option('--seed <number>', 'changes project, service and region names', parseCount)
    .option('--log <file>', "append the sandbox's request log to a file, as NDJSON")
    .addOption(new Option('--break <what>', 'break something on purpose, to see a step fail').choices(['grant']))
    .option('--port <port>', "port of the local Google Cloud's APIs (default: any)", parsePort)
    .option('--front-door-port <port>', 'port that users come to (default: any)', parsePort)
    .option('--slack-port <port>', "port of Slack's page (default: any)", parsePort)
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const began = performance.now();
  const since = () => performance.now() - began;
  const waiting = createWaitingLine(options.json ? process.stderr : process.stdout);
  const print = (text: string) => {
    waiting.clear();
    if (!options.json) process.stdout.write(`${text}\n`);
  };
  const opened: { stage?: Stage } = {};
  await checkStart(options);
  forgetCredentials();
  const ended = untilSignal();
  let cutShort: number | undefined;
  waiting.show("the local Google Cloud and Sallyport's functions start");
  const story = playStory({
    seed: options.seed,
    logFile: options.log,
    breaks: options.break,
    port: options.port,
    frontDoorPort: options.frontDoorPort,
    slackPort: options.slackPort,
    onReady: (stage) => {
      opened.stage = stage;
      print(`${printOpening(stage)}\n${printHeading()}`);
    },
    onBegin: (doing) => waiting.show(doing),
    onStep: (step) => print(printStep(step, since())),
  });
  try {
    const told = await Promise.race([story, ended]);
    if (typeof told === 'number') {
      cutShort = told;
    } else {
      const { steps, ok, stage } = told;
      print(printEnd(steps, ok, since()));
      if (options.json) process.stdout.write(`${JSON.stringify({ steps: steps.map(toJson), ok })}\n`);
      process.exitCode = ok ? exitCodes.clean : exitCodes.findings;
      if (staysUp(options)) {
        print(printInvitation(stage, steps));
        await ended;
      }
    }
  } finally {
    waiting.show('ending every process');
    await opened.stage?.stop();
    waiting.clear();
  }
  // A story that a signal cut short may still hold timers and a second stage: they end with the process.
  if (cutShort !== undefined) process.exit(cutShort);
}

function staysUp({ once, json }: StartOptions): boolean {
  return !once && !json && !process.env['CI'] && process.stdout.isTTY === true;
}

function toJson({ title: _words, ...facts }: Step): Omit<Step, 'title'> {
  return facts;
}
