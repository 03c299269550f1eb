/** The results as an SVG: bars, with a line where the budget ends. */

import type { Results } from './report.ts';
import { us } from './report.ts';

const WIDTH = 800;
const LABEL_WIDTH = 270;
const BAR_WIDTH = 400;
const ROW = 22;
const OURS = '#0b6bcb';
const OTHERS = '#9aa7b4';
const LIMIT = '#c4320a';

interface Bar {
  label: string;
  value: number;
  ours: boolean;
}

interface Panel {
  title: string;
  format: (value: number) => string;
  bars: Bar[];
  /** Where a budget ends, in the bars' unit. */
  limit?: { value: number; label: string };
}

export function picture(results: Results): string {
  const panels = panelsOf(results);
  let y = 56;
  const drawn = panels.map((panel) => {
    const at = y;
    y += 34 + panel.bars.length * ROW + 18;
    return draw(panel, at);
  });
  const description = `${results.machine}, ${results.date}. Medians; shorter is better.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y + 6}" viewBox="0 0 ${WIDTH} ${y + 6}" font-family="system-ui, sans-serif" font-size="13" role="img">`,
    '<title>What a decision costs</title>',
    `<desc>${escape(description)}</desc>`,
    `<rect width="${WIDTH}" height="${y + 6}" fill="#ffffff"/>`,
    text(16, 26, 'What a decision costs', 'font-size="17" font-weight="600"'),
    text(16, 44, description, 'font-size="11" fill="#57606a"'),
    ...drawn.flat(),
    '</svg>',
    '',
  ].join('\n');
}

function panelsOf({ contenders, coldMs, warmUs }: Results): Panel[] {
  const bars = (valueOf: (name: string) => number | undefined): Bar[] =>
    Object.entries(contenders).flatMap(([name, { label }]) => {
      const value = valueOf(name);
      return value === undefined ? [] : [{ label, value, ours: label.startsWith('Gatehouse') }];
    });
  const limit = (factor: number, base = Number.NaN) => ({ value: base * factor, label: `${factor} x B` });
  return [
    {
      title: 'Cold: import and first answer, fresh process',
      format: (value) => `${value.toFixed(1)} ms`,
      bars: bars((name) => coldMs[name]?.p50),
      limit: limit(1.2, coldMs['bare']?.p50),
    },
    {
      title: 'Warm: a token that was not seen before',
      format: us,
      bars: bars((name) => warmUs[name]?.fresh.p50),
      limit: limit(1.8, warmUs['bare']?.fresh.p50),
    },
    {
      title: 'Warm: a token that was seen before',
      format: us,
      bars: bars((name) => warmUs[name]?.seen.p50),
      limit: limit(0.3, warmUs['bare']?.seen.p50),
    },
  ];
}

function draw({ title, format, bars, limit }: Panel, y: number): string[] {
  const longest = Math.max(...bars.map(({ value }) => value), limit?.value ?? 0);
  const length = (value: number) => Math.round((value / longest) * BAR_WIDTH);
  const rows = bars.flatMap(({ label, value, ours }, index) => {
    const top = y + 30 + index * ROW;
    const weight = ours ? 'font-weight="600"' : '';
    return [
      text(LABEL_WIDTH - 8, top + 13, label, `text-anchor="end" ${weight}`),
      `<rect x="${LABEL_WIDTH}" y="${top}" width="${Math.max(1, length(value))}" height="${ROW - 6}" rx="2" fill="${ours ? OURS : OTHERS}"/>`,
      text(LABEL_WIDTH + length(value) + 6, top + 13, format(value), weight),
    ];
  });
  const heading = text(16, y + 16, title, 'font-weight="600"');
  if (!limit) return [heading, ...rows];
  const x = LABEL_WIDTH + length(limit.value);
  const bottom = y + 30 + bars.length * ROW;
  return [
    heading,
    ...rows,
    `<line x1="${x}" y1="${y + 24}" x2="${x}" y2="${bottom}" stroke="${LIMIT}" stroke-dasharray="4 3"/>`,
    text(x, bottom + 11, `budget: ${limit.label}`, `text-anchor="middle" font-size="11" fill="${LIMIT}"`),
  ];
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escape(content)}</text>`;
}

function escape(content: string): string {
  return content.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}
