/** Names that user pool groups can and cannot have. */

/** Cognito puts federated users into a group `{poolId}_{provider}` of its own making: no evidence of anything. */
const AUTO_MADE_GROUP = /^(?:af|ap|ca|cn|eu|eusc|il|me|mx|sa|us)(?:-[a-z]+)+-\d_[0-9A-Za-z]+_/;

/** 1 to 128 letters, marks, symbols, numbers or punctuation (API reference, CreateGroup). */
export const GROUP_NAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;

export function isAutoMadeGroup(name: string): boolean {
  return AUTO_MADE_GROUP.test(name);
}
