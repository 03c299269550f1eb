/** The AWS account that the sandbox plays: local services ask for credentials and take any. */

export const REGION = 'eu-west-1';
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
