/** The officers of a fake agency: real keys, certified by nobody but this process, so that drafts and approvals are the SDK's own code. */
import { generateSigningKey, randomBytes } from '@holdfast/keys';
import { type AgencyChain, activeOfficer, type OfficerCertificate, startChain } from '@holdfast/keys/verify';
import {
  type AgencyId,
  MS_PER_DAY,
  type OfficerId,
  type Role,
  toBase64url,
  toHash,
  toOfficerId,
} from '@holdfast/protocol';
import { OfficerSigner } from '../approval/officer-signer.js';
import type { OfficerView } from '../desk-runtime.js';
import type { FakeRelay } from './fake-relay.js';

export class FakeOfficers implements OfficerView {
  readonly #agency: AgencyId;
  readonly #relay: FakeRelay;
  readonly #certificates = new Map<OfficerId, OfficerCertificate>();

  constructor(agency: AgencyId, relay: FakeRelay) {
    this.#agency = agency;
    this.#relay = relay;
  }

  get chain(): AgencyChain {
    const root = { threshold: 1, keys: [toBase64url(new Uint8Array(32))] };
    return { ...startChain(this.#agency, root, this.#relay.fed), seq: 0, officers: this.#certificates };
  }

  certificate(officer: OfficerId): OfficerCertificate | undefined {
    return activeOfficer(this.chain, officer, this.#relay.now());
  }

  required(): 1 | 2 {
    return this.#relay.published(this.#agency).entry?.approvals?.required ?? 1;
  }

  /** Certifies a new officer. */
  add(name: string, roles: readonly Role[]): OfficerSigner {
    const key = generateSigningKey();
    const officer = toOfficerId(randomBytes(16));
    const notBeforeMs = this.#relay.now() - 1000;
    this.#certificates.set(officer, {
      officer,
      roles,
      key: toBase64url(key.publicKey),
      notBeforeMs,
      notAfterMs: notBeforeMs + 365 * MS_PER_DAY,
      seq: 0,
      statement: toHash(randomBytes(32)),
    });
    return new OfficerSigner(officer, name, key);
  }
}
