/** Field schemas that several kinds of message share. Their checks stay inside: whoever parses a message has run them. */
export { type Amount, AmountSchema } from './amount.js';
export { ASSET_KINDS, type Asset, type AssetKind, AssetSchema } from './asset.js';
export { assetKey } from './asset-check.js';
export { currencyDigits } from './codes.js';
export { type Entity, EntitySchema } from './entity.js';
export type { Institution } from './institution.js';
export { type Extent, MEASURES, type Measure, type MeasureAction, type PermittedDebit } from './measure.js';
export { isDualCriminalityRisk, type Offence, UNCAC_ARTICLES } from './offence.js';
export type { Name } from './person-name.js';
export type { Attachment, Contact, LegalBasis, Order } from './reference.js';
export { parseRestrictions, type Restrictions, RestrictionsSchema, termsHash, USES } from './restrictions.js';
export { type Identifier, type Ownership, SUBJECT_ROLES, type Subject, SubjectSchema } from './subject.js';
export type { Prose } from './text.js';
