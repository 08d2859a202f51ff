/**
 * The JWS forms we exchange (RFC 7515): compact for one signer, general JSON for many. Only the shape is here; the verdict
 * on a signature is `keys/verify`'s. Protected headers hold exactly alg, kid and typ: nothing embedded, nothing remote.
 */
import { type Static, Type } from 'typebox';

const segment = (maxLength: number) => Type.String({ pattern: '^[A-Za-z0-9_-]+$', minLength: 1, maxLength });

/** The protected header, whole. `kid` is the signer's public key. */
export const JwsHeaderSchema = Type.Object(
  {
    alg: Type.Literal('EdDSA'),
    kid: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
    typ: Type.String({ maxLength: 64 }),
  },
  { additionalProperties: false },
);

export const CompactJwsSchema = Type.String({
  pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{86}$',
  maxLength: 131_072,
});

export const GeneralJwsSchema = Type.Object(
  {
    payload: segment(1_500_000),
    signatures: Type.Array(
      Type.Object({ protected: segment(512), signature: segment(86) }, { additionalProperties: false }),
      { minItems: 1, maxItems: 40 },
    ),
  },
  { additionalProperties: false },
);
export type GeneralJws = Static<typeof GeneralJwsSchema>;
