// What a benchmark gives back, and how it is shown. A mark is what must be reached: a ratio or a
// count that misses its mark fails the run; an absolute figure holds on an idle machine of two
// cores only, so its miss is shown and fails nothing.

export interface Row {
  readonly what: string;
  readonly measured: string;
  /** The mark, in words; none for a figure that is only shown. */
  readonly must?: string;
  readonly ok?: boolean;
  /** Holds on an idle machine of two cores only. */
  readonly absolute?: boolean;
}

export interface Table {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** Ours beside a peer's of the same run and unit: `atMost` is the mark of their ratio. */
export function ratioRow(what: string, ours: number, peer: number, atMost: number): Row {
  const ratio = ours / peer;
  return { what, measured: `${show(ratio)}x`, must: `at most ${atMost}x`, ok: ratio <= atMost };
}

/** A count, or a ratio that is measured as such: it fails the run above `atMost`. */
export function countRow(what: string, measured: number, atMost: number): Row {
  return { what, measured: show(measured), must: `at most ${atMost}`, ok: measured <= atMost };
}

/** A figure with its unit, and the mark that it must reach on an idle machine. */
export function absoluteRow(what: string, measured: number, unit: string, atMost: number): Row {
  const must = `at most ${atMost} ${unit}`;
  return {
    what,
    measured: `${show(measured)} ${unit}`,
    must,
    ok: measured <= atMost,
    absolute: true,
  };
}

/** A figure that has no mark. */
export function plainRow(what: string, measured: number, unit: string): Row {
  return { what, measured: `${show(measured)} ${unit}` };
}

/** Whether the run failed: a mark was missed that is not absolute. */
export function hasMissed(tables: readonly Table[]): boolean {
  return tables.some(({ rows }) => rows.some((row) => row.ok === false && row.absolute !== true));
}

export function printTable({ title, rows }: Table): string {
  const cells = rows.map((row) => [row.what, row.measured, row.must ?? '', verdict(row)]);
  const header = ['', 'measured', 'must', ''];
  const widths = header.map((name, column) =>
    Math.max(...[header, ...cells].map((line) => line[column]?.length ?? name.length)),
  );
  const lines = [header, ...cells].map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

function verdict(row: Row): string {
  if (row.ok === undefined) return '';
  if (row.ok) return 'pass';
  return row.absolute === true ? 'miss (absolute: fails nothing)' : 'MISS';
}

/** Three digits that matter. */
function show(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
