/** Colour for terminals. */

import { styleText } from 'node:util';

/** Colours text on standard output, if that is a terminal and `NO_COLOR` is not set; nothing else has a say. */
export function paint(format: Parameters<typeof styleText>[0], text: string): string {
  const wanted = process.stdout.isTTY && !process.env['NO_COLOR'];
  return wanted ? styleText(format, text, { validateStream: false }) : text;
}
