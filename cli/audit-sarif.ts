/** An audit in SARIF 2.1.0, which code scanning tools read. */

import { createHash } from 'node:crypto';
import packageJson from '../package.json' with { type: 'json' };
import type { AuditReport, Finding } from '../shared/pool/audit/audit.ts';
import type { Evidence, Severity } from '../shared/pool/audit/rule.ts';
import { RULES } from '../shared/pool/audit/rules.ts';

const LEVELS = { high: 'error', medium: 'warning', low: 'note' } as const satisfies Record<Severity, string>;

/** As GitHub sorts security findings: from 7.0 on high, from 4.0 on medium. */
const SCORES: Record<Severity, string> = { high: '8.0', medium: '5.0', low: '2.0' };

/** `policyFile` stands for the place in the code that some tools insist on; null for none. */
export function auditAsSarif(poolId: string, report: AuditReport, policyFile: string | null) {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'gatehouse audit', version: packageJson.version, rules: RULES.map(descriptorOf) },
        },
        invocations: [
          {
            executionSuccessful: !report.notExamined.some(({ kind }) => kind === 'unreadable'),
            toolExecutionNotifications: report.notExamined.map(({ kind, what, why, rules }) => ({
              level: kind === 'unreadable' ? 'warning' : 'note',
              message: { text: `not examined: ${what} (${why}): ${rules.join(', ')}` },
            })),
          },
        ],
        results: report.findings.flatMap((finding) =>
          finding.evidence.map((evidence) => resultOf({ poolId, finding, evidence, policyFile })),
        ),
      },
    ],
  };
}

function descriptorOf({ id, severity, title, mend }: (typeof RULES)[number]) {
  return {
    id,
    shortDescription: { text: title },
    help: { text: `${mend} (docs/audit/${id}.md)` },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['security'], 'security-severity': SCORES[severity] },
  };
}

function resultOf({
  poolId,
  finding: { id, severity },
  evidence: { subject, detail },
  policyFile,
}: {
  poolId: string;
  finding: Finding;
  evidence: Evidence;
  policyFile: string | null;
}) {
  const physicalLocation = {
    artifactLocation: { uri: encodeURI(policyFile ?? '') },
    region: { startLine: 1 },
  };
  return {
    ruleId: id,
    ruleIndex: RULES.findIndex((rule) => rule.id === id),
    level: LEVELS[severity],
    message: { text: `${subject}: ${detail}` },
    locations: [
      {
        ...(policyFile !== null && { physicalLocation }),
        logicalLocations: [{ fullyQualifiedName: `${poolId}/${subject}`, kind: 'resource' }],
      },
    ],
    // Else all findings of a rule would be one: they have one place.
    partialFingerprints: { primaryLocationLineHash: fingerprintOf([poolId, id, subject]) },
  };
}

function fingerprintOf(parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
