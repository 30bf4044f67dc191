/** A report, to read. */
import { instructionTable } from './instructions.ts';
import { machineLine } from './machine.ts';
import type { Report } from './report.ts';
import { budgetGrid } from './table/budgets.ts';
import { footprintGrid } from './table/footprint.ts';
import { drawn } from './table/grid.ts';
import { growthGrid, heldGrid } from './table/growth.ts';
import { nameOf, scenarioGrids } from './table/scenarios.ts';

/** Draws all its tables. */
export function tableOf(report: Report): string {
  const { contestants, scenarios, growth = [], held, instructions } = report;
  const budgets = report.budgets.filter(({ measured }) => report.isWhole || measured !== undefined);
  const grids = [
    ...scenarioGrids(scenarios, contestants),
    ...(scenarios.length > 0 ? [footprintGrid(report)] : []),
    ...growth.map(growthGrid),
    ...(held ? [heldGrid(held)] : []),
    ...(budgets.length > 0 ? [budgetGrid(budgets)] : []),
  ];
  return [
    heading(report),
    ...grids.map(drawn),
    ...(instructions ? [instructionTable(instructions), ''] : []),
    ...absences(report),
    ...repetitions(report),
  ].join('\n');
}

function heading({ date, command, machine, turns, minutes, contestants }: Report): string {
  return [
    `${date}  ${command}  (${minutes.toFixed(1)} min)`,
    machineLine(machine),
    ...contestants.map(({ letter, name, version, remark }) =>
      [`(${letter}) ${name}: ${version}`, ...(remark ? [remark] : [])].join('; '),
    ),
    '',
    `CPU: processor time of the contestant's process, user and system.`,
    `All figures: the median of ${turns} turns (least–most).`,
    ...(machine.tellsProcessorTime ? [] : ['No CPU and no memory: this system has no /proc.']),
    '',
  ].join('\n');
}

function absences({ contestants, scenarios }: Report): string[] {
  return contestants.flatMap(({ letter, without }) =>
    scenarios
      .filter(({ name }) => name in without)
      .map(({ name, title }) => {
        return `${nameOf(letter, contestants)} is not in “${title}”: ${without[name]}`;
      }),
  );
}

function repetitions({ contestants, scenarios, growth = [] }: Report): string[] {
  return [...scenarios, ...growth.flatMap(({ sizes }) => sizes)].flatMap(({ title, results }) =>
    Object.entries(results)
      .filter(([, { repeated }]) => repeated > 0)
      .map(([letter, { repeated }]) => {
        const name = nameOf(letter, contestants);
        return `${name}, “${title}”: ${repeated} answers said that the origin was lost, and were asked for again`;
      }),
  );
}
