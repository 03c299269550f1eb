/** Limits that hold for several calls together, each of which has its own. */

/** What keys and table may take, the loading of their clients included. */
export const WORK_LIMIT_MS = 2200;

/**
 * From the moment that a code is kept to the answer, mail or no mail: longer than the mail service takes, so that the
 * time of the answer does not tell whether a mail went. What it has not answered by then is not waited for.
 */
export const MAIL_WINDOW_MS = 1500;

/** A trigger answers within 3.3 s; a window that began late, for whomever, is shorter. */
export const ANSWER_AFTER_MS = 3200;

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
