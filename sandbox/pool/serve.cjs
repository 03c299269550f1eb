// Runs cognito-local, and ends with whoever started it: their end of the pipe closes, however they die.
process.stdin.resume().on('end', () => process.exit());
require('cognito-local/lib/bin/start.js');
