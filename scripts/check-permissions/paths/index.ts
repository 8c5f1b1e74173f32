import { findProjects, keepReport, startByTheClock } from './by-the-clock.ts';
import { changeEstate } from './change-estate.ts';
import type { Path } from './path.ts';
import { pressButton } from './press-button.ts';
import { answerQuestion, askQuestion, putTask, putWorkAside } from './reach-others.ts';
import { readAuditLog } from './read-audit-log.ts';
import { readEstate } from './read-estate.ts';
import { putEventAside, takeEvent } from './take-event.ts';

/** The cheapest first: a permission is proven by the first path that misses it. */
export const paths: readonly Path[] = [
  readEstate,
  readAuditLog,
  takeEvent,
  putEventAside,
  putTask,
  putWorkAside,
  askQuestion,
  answerQuestion,
  pressButton,
  startByTheClock,
  findProjects,
  keepReport,
  changeEstate,
];
