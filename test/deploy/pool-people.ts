/** People of a deployed user pool, and how they come: with a password, or by the pool's calls of our triggers. */

import {
  AdminCreateUserCommand,
  AdminInitiateAuthCommand,
  AdminListGroupsForUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  InitiateAuthCommand,
  type InitiateAuthCommandOutput,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { LocalCloud } from './ministack.ts';

export const PASSWORD = 'Correct-horse-1';

export interface Person {
  sub: string;
  /** What the pool calls them. */
  userName: string;
  email: string;
}

export class PoolPeople {
  readonly #pool: string;
  readonly #client: string;
  readonly #cognito: CognitoIdentityProviderClient;

  constructor(cloud: LocalCloud, { pool, client }: { pool: string; client: string }) {
    this.#pool = pool;
    this.#client = client;
    this.#cognito = new CognitoIdentityProviderClient(cloud.clientConfig);
  }

  /** MiniStack's events leave the status out, so it is an attribute here (README.md beside this file). */
  async newUser(email: string): Promise<Person> {
    const attributes = { email, email_verified: 'true', 'cognito:user_status': 'CONFIRMED' };
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
    const user = { UserPoolId: this.#pool, Username: email };
    const { User: { Username: userName = '', Attributes = [] } = {} } = await this.#cognito.send(
      new AdminCreateUserCommand({ ...user, MessageAction: 'SUPPRESS', UserAttributes }),
    );
    await this.#cognito.send(
      new AdminSetUserPasswordCommand({ ...user, Password: PASSWORD, Permanent: true }),
    );
    return { sub: Attributes.find(({ Name }) => Name === 'sub')?.Value ?? '', userName, email };
  }

  async newGroup(GroupName: string): Promise<void> {
    await this.#cognito.send(new CreateGroupCommand({ UserPoolId: this.#pool, GroupName }));
  }

  async groupsOf({ userName }: Person): Promise<(string | undefined)[]> {
    const { Groups = [] } = await this.#cognito.send(
      new AdminListGroupsForUserCommand({ UserPoolId: this.#pool, Username: userName }),
    );
    return Groups.map(({ GroupName }) => GroupName);
  }

  /** With a password; gives the ID token. */
  async signIn({ userName }: Person): Promise<string> {
    const { AuthenticationResult } = await this.#cognito.send(
      new AdminInitiateAuthCommand({
        UserPoolId: this.#pool,
        ClientId: this.#client,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: userName, PASSWORD },
      }),
    );
    return AuthenticationResult?.IdToken ?? '';
  }

  beginChallenges({ userName }: Person): Promise<InitiateAuthCommandOutput> {
    return this.#cognito.send(
      new InitiateAuthCommand({
        ClientId: this.#client,
        AuthFlow: 'CUSTOM_AUTH',
        AuthParameters: { USERNAME: userName },
      }),
    );
  }

  answerChallenge(
    { userName }: Person,
    Session: string | undefined,
    { answer, ...ClientMetadata }: { answer: string; signInMethod?: string },
  ): Promise<InitiateAuthCommandOutput> {
    return this.#cognito.send(
      new RespondToAuthChallengeCommand({
        ClientId: this.#client,
        ChallengeName: 'CUSTOM_CHALLENGE',
        Session,
        ChallengeResponses: { USERNAME: userName, ANSWER: answer },
        ClientMetadata,
      }),
    );
  }

  destroy(): void {
    this.#cognito.destroy();
  }
}
