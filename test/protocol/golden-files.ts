/** The golden vectors as files: where they lie, and the form that their tests read them in. */
import { readFileSync } from 'node:fs';
import type {
  AgencyId,
  AttachmentRef,
  DeliveredEnvelope,
  DeviceId,
  EpochKeyProof,
  FederationId,
  GeneralJws,
  Hash,
  KeySet,
  OfficerId,
  Receipt,
} from '@holdfast/protocol';

export interface TrustListVector {
  readonly fed: FederationId;
  readonly lists: readonly { readonly hash: Hash; readonly payload: string; readonly jws: GeneralJws }[];
  readonly refused: readonly { readonly why: string; readonly after: number; readonly jws: GeneralJws }[];
}

export interface ChainVector {
  readonly document: { readonly salt: string; readonly document: object; readonly hash: string };
  readonly chains: readonly {
    readonly agency: AgencyId;
    readonly root: KeySet;
    readonly statements: readonly {
      readonly seq: number;
      readonly head: Hash;
      readonly payload: string;
      readonly jws: GeneralJws;
    }[];
  }[];
  readonly refused: readonly { readonly why: string; readonly after: number; readonly jws: GeneralJws }[];
}

export interface ApprovalVector {
  readonly salt: string;
  readonly body: string;
  readonly attachments: readonly AttachmentRef[];
  readonly payload: string;
  readonly sha256: string;
  readonly actor: { readonly officer: OfficerId; readonly key: string; readonly sig: string };
  readonly approver: { readonly officer: OfficerId; readonly key: string; readonly sig: string };
}

export interface RootVector {
  readonly lists: TrustListVector['lists'];
  readonly chains: readonly {
    readonly agency: AgencyId;
    readonly vouched: readonly KeySet[];
    readonly statements: ChainVector['chains'][number]['statements'];
    readonly state: object;
  }[];
  readonly refused: readonly {
    readonly why: string;
    readonly agency: AgencyId;
    readonly after: number;
    readonly jws: GeneralJws;
  }[];
}

export interface EpochVector {
  readonly owner: {
    readonly fed: FederationId;
    readonly agency: AgencyId;
    readonly device: DeviceId;
    readonly key: string;
  };
  readonly batches: readonly {
    readonly hash: Hash;
    readonly payload: string;
    readonly jws: string;
    readonly keys: readonly {
      readonly day: number;
      readonly seed: string;
      readonly key: string;
      readonly name: string;
    }[];
  }[];
  readonly proofs: readonly EpochKeyProof[];
  readonly refused: readonly { readonly why: string; readonly proof: EpochKeyProof }[];
}

export interface EnvelopeVector {
  readonly senderKey: string;
  readonly envelopes: readonly GoldenEnvelope[];
  readonly refused: readonly {
    readonly why: string;
    readonly part: keyof DeliveredEnvelope;
    readonly byte?: number;
    readonly find?: string;
  }[];
}

export interface GoldenEnvelope {
  readonly core: string;
  readonly ch: string;
  readonly manifest: string;
  readonly jws: string;
  readonly body: string;
  readonly plaintextBytes: number;
  readonly stanzasHash: string;
  readonly ctHash: string;
  readonly eh: string;
  readonly submitted: string;
  readonly recipients: readonly {
    readonly device: DeviceId;
    readonly epochSeed: string;
    readonly deliveredSha256: string;
  }[];
}

export interface RewrapVector {
  readonly eh: Hash;
  readonly device: DeviceId;
  readonly epochSeed: string;
  readonly rewraps: readonly {
    readonly byKey: string;
    readonly rewrap: string;
    readonly submitted: string;
    readonly deliveredSha256: string;
  }[];
  readonly refused: readonly {
    readonly why: string;
    readonly part: 'rewrap' | 'sig' | 'stanza' | 'inner' | 'both';
    readonly byte?: number;
    readonly find?: string;
    readonly code: string;
  }[];
}

export interface ReceiptVector {
  readonly relayKey: string;
  readonly events: readonly string[];
  readonly entries: readonly string[];
  readonly receipts: readonly Receipt[];
  readonly refused: readonly { readonly why: string; readonly receipt: unknown }[];
}

export interface FingerprintVector {
  readonly fingerprints: readonly { readonly subject: string; readonly digits: string; readonly words: string }[];
}

interface GoldenFiles {
  readonly 'trust-list': TrustListVector;
  readonly chain: ChainVector;
  readonly root: RootVector;
  readonly 'epoch-batch': EpochVector;
  readonly envelope: EnvelopeVector;
  readonly approval: ApprovalVector;
  readonly fingerprint: FingerprintVector;
  readonly rewrap: RewrapVector;
  readonly receipt: ReceiptVector;
}

/** A vector file as it is committed. */
export const goldenText = (name: string): string => readFileSync(`protocol/vectors/${name}.json`, 'utf8');

/** A vector file, read. */
export const readGolden = <N extends keyof GoldenFiles>(name: N): GoldenFiles[N] =>
  JSON.parse(goldenText(name)) as GoldenFiles[N];
